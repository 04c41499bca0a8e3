-- Households of the buildings that name an area, and the grids in force in it: of each area by
-- itself, without those below it.
SELECT CAST(a.path AS text) AS path, coalesce(h.households, 0) AS households,
       coalesce(v.grids, 0) AS grids
FROM area AS a
LEFT JOIN (
    SELECT b.area_id, sum(b.households) AS households
    FROM building AS b
    WHERE b.district_id = :district_id
    GROUP BY b.area_id
) AS h ON h.area_id = a.id
LEFT JOIN (
    SELECT area_path, count(*) AS grids
    FROM grid_version
    WHERE district_id = :district_id AND validity @> CAST(:on AS date)
    GROUP BY area_path
) AS v ON v.area_path = a.path
WHERE a.district_id = :district_id
