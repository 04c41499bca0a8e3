-- All lines of a case; beside the first the office whose list it came with.
SELECT e.seq, e.action, e.state, e.actor_id, a.display_name, e.occurred_at, e.received_at,
       e.facts, t.body, e.previous, e.digest, r.reporter_unit
FROM case_event AS e
LEFT JOIN account AS a ON a.district_id = e.district_id AND a.id = e.actor_id
LEFT JOIN case_text AS t
  ON t.district_id = e.district_id AND t.case_id = e.case_id AND t.seq = e.seq
LEFT JOIN report_row AS r
  ON e.seq = 1 AND r.district_id = e.district_id AND r.case_id = e.case_id
WHERE e.district_id = :district_id AND e.case_id = :case_id
ORDER BY e.seq
