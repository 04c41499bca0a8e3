-- Grids in force around an area on a day, whose borders and names a printed sheet shows beside
-- its own.
SELECT version.grid_id AS id,
       version.code,
       version.name,
       community.name AS community,
       ST_AsBinary(version.geom) AS geometry
FROM area
JOIN grid_version AS version
  ON version.district_id = area.district_id
 AND version.geom && ST_Expand(area.geom, 0.002)
 AND version.validity @> CAST(:on AS date)
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
JOIN area AS community
  ON community.district_id = grid.district_id AND community.id = grid.community_id
WHERE area.district_id = :district_id AND area.id = :area_id
  AND NOT community.code = ANY(:shown)
ORDER BY version.code
