-- The communities at or below an area: what a plan for that area divides into grids.
SELECT community.id,
       community.code,
       community.name,
       community.path::text AS path,
       ST_AsBinary(community.geom) AS geometry
FROM area AS chosen
JOIN area AS community
  ON community.district_id = chosen.district_id
 AND community.path <@ chosen.path
 AND community.level = 'community'
WHERE chosen.district_id = :district_id AND chosen.id = :area_id
ORDER BY community.code
