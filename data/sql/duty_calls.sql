-- Calls about cases that may be seen.
SELECT d.id, d.case_id, c.number, k.name AS category_name, k.name_en AS category_name_en,
       c.severity, c.state, d.unit_id, u.name AS unit_name, d.post, d.desk_number, d.outcome,
       d.said, d.promised_by, d.called_at, d.logged_by, p.display_name AS logged_name, d.settled_at
FROM duty_call AS d
JOIN case_in_scope AS c ON c.district_id = d.district_id AND c.id = d.case_id
JOIN category AS k ON k.district_id = c.district_id AND k.id = c.category_id
LEFT JOIN unit AS u ON u.district_id = d.district_id AND u.id = d.unit_id
LEFT JOIN account AS p ON p.district_id = d.district_id AND p.id = d.logged_by
WHERE {seen} AND {which}
ORDER BY {order}
LIMIT :limit
