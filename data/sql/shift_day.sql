-- The day a shift starts in the district, and how many of its grids are in force on that day.
SELECT day.day,
       (SELECT count(DISTINCT v.grid_id) FROM grid_version AS v
        WHERE v.district_id = day.id AND v.grid_id = ANY(:grid_ids) AND v.validity @> day.day)
           AS grids
FROM (
    SELECT d.id, CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS day
    FROM district AS d WHERE d.id = :district_id
) AS day
