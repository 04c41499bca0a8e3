-- Who is on call between two moments; an account by the name it goes by.
SELECT r.id, r.unit_id, u.name AS unit_name, r.starts_at, r.ends_at, r.turn,
       r.account_id, a.display_name, r.post, r.desk_number, r.changed_at
FROM rota_entry AS r
JOIN unit AS u ON u.district_id = r.district_id AND u.id = r.unit_id
LEFT JOIN account AS a ON a.district_id = r.district_id AND a.id = r.account_id
WHERE r.district_id = :district_id
  AND (CAST(:since AS timestamptz) IS NULL OR r.ends_at > :since)
  AND (CAST(:until AS timestamptz) IS NULL OR r.starts_at < :until)
  AND (CAST(:unit_id AS bigint) IS NULL OR r.unit_id = :unit_id)
  AND (CAST(:id AS bigint) IS NULL OR r.id = :id)
ORDER BY u.id, r.starts_at, r.turn, r.id
LIMIT :limit
