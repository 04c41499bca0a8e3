-- Cases of an area that are still on the list, the newest where there are too many to draw.
SELECT c.number, c.external_number, CASE WHEN :english THEN k.name_en ELSE k.name END AS category,
       c.state, c.overdue, ST_AsBinary(c.geom) AS geometry
FROM hazard_case AS c
JOIN category AS k ON k.district_id = c.district_id AND k.id = c.category_id
WHERE c.district_id = :district_id
  AND c.area_path <@ CAST(:path AS ltree)
  AND c.state = ANY(:open_states) AND c.geom IS NOT NULL
ORDER BY c.received_at DESC, c.id
LIMIT :limit
