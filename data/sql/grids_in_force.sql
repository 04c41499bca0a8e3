-- Published grids of some communities on a day: a redrawn grid keeps the identity of its old self.
SELECT grid.id, grid.community_id, ST_AsBinary(version.geom) AS geometry
FROM grid
JOIN grid_version AS version
  ON version.district_id = grid.district_id AND version.grid_id = grid.id
WHERE grid.district_id = :district_id
  AND grid.community_id = ANY(:communities)
  AND version.validity @> CAST(:on AS date)
ORDER BY grid.id
