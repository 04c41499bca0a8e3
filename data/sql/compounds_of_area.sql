-- Compounds that were imported as polygons and touch an area.
SELECT place.id, place.name, ST_AsBinary(place.geom) AS geometry
FROM area
JOIN place
  ON place.district_id = area.district_id
 AND place.geom && area.geom
 AND ST_Intersects(area.geom, place.geom)
WHERE area.district_id = :district_id AND area.id = :area_id
  AND place.kind = 'compound' AND ST_Dimension(place.geom) = 2
ORDER BY place.id
