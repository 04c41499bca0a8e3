SELECT v.grid_id, ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
WHERE v.district_id = :district_id AND v.validity @> CAST(:day AS date)
  AND (v.grid_id = ANY(:grid_ids)
       OR v.geom && ST_MakeEnvelope(:west, :south, :east, :north, 4326))
ORDER BY v.grid_id
