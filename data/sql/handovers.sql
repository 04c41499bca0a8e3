-- Hand-overs of a shift, the newest first.
SELECT h.id, h.area_id, a.code AS area_code, a.name AS area_name,
       CAST(h.area_path AS text) AS area_path, h.starts_at, h.ends_at, h.notes, {page},
       h.digest, h.signed_by, s.display_name AS signed_name, h.signed_at,
       h.acknowledged_by, k.display_name AS acknowledged_name, h.acknowledged_at, h.remarks
FROM handover AS h
JOIN area AS a ON a.district_id = h.district_id AND a.id = h.area_id
LEFT JOIN account AS s ON s.district_id = h.district_id AND s.id = h.signed_by
LEFT JOIN account AS k ON k.district_id = h.district_id AND k.id = h.acknowledged_by
WHERE h.district_id = :district_id AND {seen}
  AND (CAST(:id AS uuid) IS NULL OR h.id = :id)
  AND (CAST(:before_at AS timestamptz) IS NULL OR (h.signed_at, h.id) < (:before_at, :before_id))
ORDER BY h.signed_at DESC, h.id DESC
LIMIT :limit
