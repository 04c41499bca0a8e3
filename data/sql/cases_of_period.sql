-- Where cases of a period lay; days in the district's time zone, both included. What was struck
-- off as no case at all does not count, nor what lies outside the district.
SELECT ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat
FROM hazard_case AS c
JOIN district AS d ON d.id = c.district_id
JOIN area AS root ON root.district_id = d.id AND root.level = 'district'
WHERE c.district_id = :district_id AND c.state <> 'void'
  AND c.received_at >= CAST(CAST(:from_day AS date) AS timestamp) AT TIME ZONE d.time_zone
  AND c.received_at < CAST(CAST(:to_day AS date) + 1 AS timestamp) AT TIME ZONE d.time_zone
  AND ST_Intersects(root.geom, c.geom)
ORDER BY c.id
