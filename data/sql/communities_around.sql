-- The communities of an area and those within some 50 m of it, by whose names borders are told.
SELECT community.code,
       community.name,
       ST_AsBinary(community.geom) AS geometry
FROM area AS chosen
JOIN area AS community
  ON community.district_id = chosen.district_id
 AND community.level = 'community'
 AND community.geom && ST_Expand(chosen.geom, 0.0005)
WHERE chosen.district_id = :district_id AND chosen.id = :area_id
ORDER BY community.code
