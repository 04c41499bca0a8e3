-- Units of a run, the most unusual first. A town has thousands of cells in which nothing happens:
-- they are not told one by one. Grids carry no outline here, for the map has them already.
SELECT h.unit_key, h.cases, h.expected, h.exposure, h.z, h.p, h.q, h.verdict, h.trend,
       h.rate_verdict,
       CASE WHEN r.unit = 'h3' THEN ST_AsGeoJSON(h.geom, 6) END AS outline
FROM hotspot_unit AS h
JOIN hotspot_run AS r ON r.district_id = h.district_id AND r.id = h.run_id
WHERE {in_scope} AND h.run_id = :run_id
  AND (r.unit = 'grid' OR h.cases > 0 OR h.trend IS NOT NULL
       OR h.verdict NOT IN ('usual', 'too-few-data')
       OR coalesce(h.rate_verdict, 'usual') NOT IN ('usual', 'too-few-data'))
ORDER BY abs(h.z) DESC, h.unit_key
LIMIT 20000
