-- The papers of a case as they were issued, and what has come back signed.
SELECT p.id, p.kind, p.number, p.unit_id, u.name AS unit_name, p.due_on, p.size_bytes, p.sha256,
       p.issued_by, i.display_name AS issuer, p.issued_at,
       p.signed_name, p.signed_media_type, p.signed_sha256, p.signed_by,
       s.display_name AS signer, p.signed_at,
       EXISTS (
           SELECT 1 FROM case_event AS e
           WHERE e.district_id = p.district_id AND e.case_id = p.case_id AND e.action = 'paper'
             AND e.facts @> jsonb_build_object('step', 'issued', 'number', p.number)
             AND e.facts ? 'for_unit'
       ) AS acted_for
FROM case_paper AS p
JOIN unit AS u ON u.district_id = p.district_id AND u.id = p.unit_id
LEFT JOIN account AS i ON i.district_id = p.district_id AND i.id = p.issued_by
LEFT JOIN account AS s ON s.district_id = p.district_id AND s.id = p.signed_by
WHERE p.district_id = :district_id AND p.case_id = :case_id
ORDER BY p.issued_at, p.id
