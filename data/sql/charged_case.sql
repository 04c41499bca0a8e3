-- A case that a unit was charged with and has not accepted, held so that one only looks after it.
SELECT c.number, c.unit_id, c.severity, c.category_id, k.name AS category_name,
       CAST(c.area_path AS text) AS area_path,
       (SELECT max(e.seq) FROM case_event AS e
        WHERE e.district_id = c.district_id AND e.case_id = c.id AND e.state = 'dispatched'
          AND e.action IN ('dispatch', 'rework', 'reopen')) AS charged_seq
FROM hazard_case AS c
JOIN category AS k ON k.district_id = c.district_id AND k.id = c.category_id
WHERE c.district_id = :district_id AND c.id = :case_id
  AND c.state = 'dispatched' AND c.unit_id IS NOT NULL
FOR UPDATE OF c SKIP LOCKED
