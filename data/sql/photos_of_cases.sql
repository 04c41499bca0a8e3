-- Photos of several cases at once, each as the page of its case tells it.
SELECT p.case_id, p.id, p.role, p.width_px, p.height_px, p.received_at, p.taken_at,
       ST_X(p.taken_geom) AS taken_lon, ST_Y(p.taken_geom) AS taken_lat, p.taken_datum,
       p.redactions, p.added_by
FROM case_in_scope AS c
JOIN photo AS p ON p.district_id = c.district_id AND p.case_id = c.id
WHERE {where} AND c.id = ANY(CAST(:case_ids AS uuid[]))
ORDER BY p.received_at, p.id
