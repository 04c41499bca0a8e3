-- First the page, then what is told of each case on it: one query, however long the page.
WITH page AS MATERIALIZED (
    SELECT c.* FROM case_in_scope AS c WHERE {where} ORDER BY {order} LIMIT :limit
)
SELECT c.id, c.number, c.severity, c.state, c.overdue, c.seq, c.reworks,
       c.source, c.external_number, c.datum_in, c.accuracy_m, c.address,
       ST_AsGeoJSON(c.shape, 7) AS shape, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat,
       c.occurred_at, c.received_at, c.deadline_at, c.dispatched_at, c.handled_at,
       c.verified_at, c.closed_at,
       k.id AS category_id, k.code AS category_code, k.name AS category_name,
       k.name_en AS category_name_en,
       c.grid_id, g.code AS grid_code, g.name AS grid_name,
       c.grid_id_filed, f.code AS grid_filed_code, f.name AS grid_filed_name,
       a.id AS area_id, a.name AS area_name,
       u.id AS unit_id, u.name AS unit_name,
       (SELECT count(*) FROM photo AS p WHERE p.district_id = c.district_id AND p.case_id = c.id)
           AS photos
FROM page AS c
JOIN category AS k ON k.district_id = c.district_id AND k.id = c.category_id
LEFT JOIN LATERAL (
    SELECT v.code, v.name FROM grid_version AS v
    WHERE v.district_id = c.district_id AND v.grid_id = c.grid_id AND v.validity IS NOT NULL
    ORDER BY lower(v.validity) DESC LIMIT 1
) AS g ON true
LEFT JOIN LATERAL (
    SELECT v.code, v.name FROM grid_version AS v
    WHERE v.district_id = c.district_id AND v.grid_id = c.grid_id_filed
      AND v.validity IS NOT NULL
    ORDER BY lower(v.validity) DESC LIMIT 1
) AS f ON true
LEFT JOIN area AS a ON a.district_id = c.district_id AND a.path = c.area_path
LEFT JOIN unit AS u ON u.district_id = c.district_id AND u.id = c.unit_id
ORDER BY {order}
