-- Of some cases those at which the watch has still to look. Of a case that was passed up, since when
-- it lies on its level.
SELECT {derived}, c.standing, c.id, c.category_id, CAST(c.area_path AS text) AS path,
       CASE WHEN c.level = 0 THEN c.received_at ELSE (
           SELECT max(e.received_at) FROM case_event AS e
           WHERE e.district_id = c.district_id AND e.case_id = c.id AND e.action = 'escalate'
       ) END AS level_since,
       EXISTS (
           SELECT 1 FROM area AS a
           WHERE a.district_id = c.district_id AND a.level = 'zone' AND a.path @> c.area_path
       ) AS has_zone
FROM hazard_case AS c
LEFT JOIN case_watch AS w ON w.district_id = c.district_id AND w.case_id = c.id
WHERE c.district_id = :district_id
  AND c.state NOT IN ('closed', 'void')
  AND (w.seq IS DISTINCT FROM c.seq OR w.next_at <= :at)
  AND c.id = ANY(CAST(:ids AS uuid[]))
ORDER BY c.id
