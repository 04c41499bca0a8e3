-- Cases that the rules sent to a unit since the district said that such ones go there by themselves,
-- and that nobody has decided on: neither charged nor sent back.
SELECT c.district_id, c.id, c.seq
FROM case_route AS t
JOIN duty_setting AS s ON s.district_id = t.district_id
JOIN hazard_case AS c ON c.district_id = t.district_id AND c.id = t.case_id
WHERE t.routed_at > :since AND t.routed_at >= s.changed_at AND t.unit_id IS NOT NULL
  AND c.severity = ANY(s.dispatched) AND c.unit_id IS NULL
  AND (c.state = 'filed' OR c.state = 'reported'
       AND NOT coalesce(CAST(c.standing ->> 'confirm_first' AS boolean), false))
  AND NOT EXISTS (
      SELECT 1 FROM case_event AS e WHERE e.district_id = c.district_id AND e.case_id = c.id
        AND e.action IN ('dispatch', 'return'))
ORDER BY t.routed_at
LIMIT :limit
