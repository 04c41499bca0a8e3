-- Posts that were handed over by an account or to it, the latest first.
SELECT h.id, h.account_id, a.display_name AS holder, h.stand_in_id, b.display_name AS stand_in,
       lower(h.validity) AS since, upper(h.validity) AS until, h.reason, h.posts, h.made_at,
       c.display_name AS made_by
FROM post_handover AS h
JOIN account AS a ON a.district_id = h.district_id AND a.id = h.account_id
JOIN account AS b ON b.district_id = h.district_id AND b.id = h.stand_in_id
LEFT JOIN account AS c ON c.district_id = h.district_id AND c.id = h.made_by
WHERE h.district_id = :district_id AND :account_id IN (h.account_id, h.stand_in_id)
ORDER BY h.made_at DESC
LIMIT 50
