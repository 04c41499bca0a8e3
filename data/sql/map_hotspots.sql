-- Units of one hotspot run that lie in an area or reach into it.
SELECT h.cases, h.expected, h.z, h.p, h.verdict, h.trend, h.rate_verdict,
       ST_AsBinary(h.geom) AS geometry
FROM hotspot_unit AS h
JOIN area AS a ON a.district_id = h.district_id AND a.id = :area_id
WHERE h.district_id = :district_id
  AND h.run_id = :run_id
  AND ST_Intersects(h.geom, a.geom)
ORDER BY h.unit_key
