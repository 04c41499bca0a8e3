-- Buildings of the communities at or below an area, with the words that lists know them by.
SELECT building.id,
       building.name,
       building.compound,
       building.address,
       building.households,
       ST_AsBinary(building.geom) AS geometry
FROM area
JOIN building
  ON building.district_id = area.district_id
 AND building.geom && area.geom
 AND ST_Intersects(area.geom, building.geom)
WHERE area.district_id = :district_id AND area.id = :area_id
ORDER BY building.id
