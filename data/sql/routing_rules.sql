-- Rules in their order, with how many cases of the last days each sent on that are still open.
WITH sent AS (
    SELECT t.rule_id, count(*) AS cases
    FROM case_route AS t
    JOIN case_in_scope AS c ON c.district_id = t.district_id AND c.id = t.case_id
    WHERE t.district_id = :district_id AND t.routed_at >= :since AND c.state = ANY(:open)
    GROUP BY t.rule_id
)
SELECT r.id, r.position, r.name, r.codes, r.severities, r.owner, r.queue, r.active,
       r.changed_at, r.area_id, a.code AS area_code, a.name AS area_name,
       CAST(a.path AS text) AS area_path, r.unit_id, u.name AS unit_name,
       coalesce(sent.cases, 0) AS cases
FROM routing_rule AS r
LEFT JOIN area AS a ON a.district_id = r.district_id AND a.id = r.area_id
LEFT JOIN unit AS u ON u.district_id = r.district_id AND u.id = r.unit_id
LEFT JOIN sent ON sent.rule_id = r.id
WHERE r.district_id = :district_id AND (CAST(:id AS bigint) IS NULL OR r.id = :id)
ORDER BY r.position
LIMIT :limit
