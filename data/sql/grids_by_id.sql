SELECT v.grid_id, v.code, v.name, g.community_id, CAST(v.area_path AS text) AS area_path
FROM grid_version AS v
JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
WHERE v.district_id = :district_id AND v.validity @> CAST(:on AS date)
  AND v.grid_id = ANY(:grid_ids)
