-- Buildings on an area or within some 200 m of it, as a printed sheet shows them.
SELECT building.name,
       building.compound,
       building.households,
       ST_AsBinary(building.geom) AS geometry
FROM area
JOIN building
  ON building.district_id = area.district_id
 AND building.geom && ST_Expand(area.geom, 0.002)
WHERE area.district_id = :district_id AND area.id = :area_id
ORDER BY building.id
