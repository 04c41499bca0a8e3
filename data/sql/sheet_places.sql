-- Named places on an area, as a printed sheet names them.
SELECT place.name,
       place.kind,
       ST_AsBinary(place.geom) AS geometry
FROM area
JOIN place
  ON place.district_id = area.district_id
 AND place.geom && area.geom
WHERE area.district_id = :district_id AND area.id = :area_id
ORDER BY place.id
