-- Roles of a list, in one statement: row-level security plans each one anew.
INSERT INTO assignment (district_id, account_id, role, area_id, grid_id, validity)
SELECT :district_id, n.account_id, n.role, n.area_id, n.grid_id, daterange(n.since, n.until)
FROM unnest(CAST(:accounts AS uuid[]), CAST(:roles AS text[]), CAST(:areas AS bigint[]),
            CAST(:grids AS bigint[]), CAST(:since AS date[]), CAST(:until AS date[]))
     AS n (account_id, role, area_id, grid_id, since, until)
