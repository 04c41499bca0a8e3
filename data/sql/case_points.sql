-- Only what a point on the map needs; the newest ones where there are too many. A case whose
-- place is not known yet has no point.
SELECT CAST(c.id AS text) AS id, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.state, c.severity,
       c.overdue, c.category_id
FROM case_in_scope AS c
WHERE {where} AND c.geom IS NOT NULL
ORDER BY c.received_at DESC, c.id
LIMIT :limit
