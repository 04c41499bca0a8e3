-- Areas at or below some paths, and the grids in force in them on a day, by which a list of people
-- says where each works: a grid has the path of its community.
SELECT 'area' AS kind, a.id, a.code, a.name, CAST(a.path AS text) AS path
FROM area AS a
WHERE a.district_id = :district_id AND a.path <@ CAST(:scope_paths AS ltree[])
UNION ALL
SELECT 'grid', g.id, v.code, v.name, CAST(a.path AS text)
FROM area AS a
JOIN grid AS g ON g.district_id = a.district_id AND g.community_id = a.id
JOIN grid_version AS v ON v.district_id = g.district_id AND v.grid_id = g.id
    AND v.validity @> CAST(:day AS date)
WHERE a.district_id = :district_id AND a.path <@ CAST(:scope_paths AS ltree[])
ORDER BY 1, 3, 2
