-- Where the rules sent some cases and why, with names as they are now.
SELECT t.case_id, t.owner, t.rule_id, t.rule_name, t.unit_id, u.name AS unit_name, t.queue,
       t.why, t.routed_at, a.name AS area_name
FROM case_route AS t
LEFT JOIN unit AS u ON u.district_id = t.district_id AND u.id = t.unit_id
LEFT JOIN area AS a ON a.district_id = t.district_id AND a.path = CAST(t.why ->> 'area' AS ltree)
WHERE t.district_id = :district_id AND t.case_id = ANY(CAST(:ids AS uuid[]))
