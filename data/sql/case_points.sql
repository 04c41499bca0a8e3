-- Only what a point on the map needs; the newest ones where there are too many.
SELECT CAST(c.id AS text) AS id, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.state, c.severity,
       c.overdue, c.category_id
FROM hazard_case AS c
WHERE {where}
ORDER BY c.received_at DESC, c.id
LIMIT :limit
