-- From which day and before which the very grids of a day are in force; NULL: without end.
SELECT max(turn.day) FILTER (WHERE turn.day <= CAST(:on AS date)) AS first_day,
       min(turn.day) FILTER (WHERE turn.day > CAST(:on AS date)) AS end_day
FROM (
    SELECT lower(v.validity) AS day FROM grid_version AS v
    WHERE v.district_id = :district_id AND v.validity IS NOT NULL
    UNION
    SELECT upper(v.validity) FROM grid_version AS v
    WHERE v.district_id = :district_id AND v.validity IS NOT NULL
) AS turn
