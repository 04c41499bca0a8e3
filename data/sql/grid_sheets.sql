-- Grids with all that a ledger or a page of the atlas says of them. {which} chooses a plan's, or
-- those in force on a day. Officers are those who have the grid on that day.
SELECT version.grid_id AS id,
       version.code,
       version.name,
       community.code AS area,
       community.name AS community,
       version.households,
       version.buildings,
       version.area_m2,
       (
           SELECT string_agg(account.display_name, '、' ORDER BY account.display_name)
           FROM assignment
           JOIN account
             ON account.district_id = assignment.district_id
            AND account.id = assignment.account_id
            AND account.active
           WHERE assignment.district_id = version.district_id
             AND assignment.grid_id = version.grid_id
             AND assignment.validity @> CAST(:on AS date)
       ) AS officers,
       ST_AsBinary(version.geom) AS geometry
FROM grid_version AS version
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
JOIN area AS community
  ON community.district_id = grid.district_id AND community.id = grid.community_id
WHERE version.district_id = :district_id AND {which}
ORDER BY version.code
