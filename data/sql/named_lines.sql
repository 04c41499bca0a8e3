-- Roads and water on an area or within some 50 m of it, with their names: what a border follows,
-- and what a page of the atlas shows.
SELECT layer.kind, layer.name, layer.class, ST_AsBinary(layer.geom) AS geometry
FROM area
JOIN (
    SELECT 'road' AS kind, district_id, id, name, highway AS class, geom FROM road
    UNION ALL
    SELECT 'water', district_id, id, name, kind, geom FROM water
) AS layer
  ON layer.district_id = area.district_id
 AND layer.geom && ST_Expand(area.geom, 0.0005)
WHERE area.district_id = :district_id AND area.id = :area_id
ORDER BY layer.kind, layer.id
