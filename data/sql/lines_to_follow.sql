-- Roads and water on an area or within some 20 m of it: what a boundary of a grid may follow.
SELECT layer.kind, layer.highway, ST_AsBinary(layer.geom) AS geometry
FROM area
JOIN (
    SELECT 'road' AS kind, district_id, id, highway, geom FROM road
    UNION ALL
    SELECT 'water', district_id, id, NULL, geom FROM water
) AS layer
  ON layer.district_id = area.district_id
 AND layer.geom && ST_Expand(area.geom, 0.0002)
WHERE area.district_id = :district_id AND area.id = :area_id
ORDER BY layer.kind, layer.id
