-- How many roads of each class, water surfaces and compounds touch the box of an area.
SELECT line.kind, line.class, count(*) AS shapes
FROM area
JOIN (
    SELECT 'road' AS kind, highway AS class, district_id, geom FROM road
    UNION ALL
    SELECT 'water', NULL, district_id, geom FROM water
    UNION ALL
    SELECT 'compound', NULL, district_id, geom FROM place
    WHERE kind = 'compound' AND ST_Dimension(geom) = 2
) AS line
  ON line.district_id = area.district_id AND line.geom && area.geom
WHERE area.district_id = :district_id AND area.id = :area_id
GROUP BY line.kind, line.class
