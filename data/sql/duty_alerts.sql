-- Who was told of some cases since their unit was last charged; neither account nor post: nobody.
SELECT a.case_id, a.charged_seq, a.turn, a.unit_id, u.name AS unit_name,
       a.account_id, p.display_name, a.post, a.desk_number, a.at
FROM duty_alert AS a
JOIN unit AS u ON u.district_id = a.district_id AND u.id = a.unit_id
LEFT JOIN account AS p ON p.district_id = a.district_id AND p.id = a.account_id
WHERE a.district_id = :district_id AND a.case_id = ANY(CAST(:ids AS uuid[]))
ORDER BY a.case_id, a.charged_seq, a.turn
