-- The newest notices of an account and its unit: each half walks its own index backwards.
SELECT n.id, n.kind, n.unit_id, n.case_id, n.facts, n.made_at, r.read_at, k.number AS case_number,
       k.severity, k.address, g.name AS category_name, g.name_en AS category_name_en
FROM (
    (SELECT * FROM notice
     WHERE district_id = :district_id AND account_id = :account_id
       AND (CAST(:before_id AS bigint) IS NULL OR id < :before_id)
       AND NOT (:unread AND EXISTS (
           SELECT 1 FROM notice_read AS o WHERE o.district_id = notice.district_id
             AND o.notice_id = notice.id AND o.account_id = :account_id))
     ORDER BY id DESC LIMIT :limit)
    UNION ALL
    (SELECT * FROM notice
     WHERE district_id = :district_id AND unit_id = CAST(:unit_id AS bigint)
       AND (CAST(:before_id AS bigint) IS NULL OR id < :before_id)
       AND NOT (:unread AND EXISTS (
           SELECT 1 FROM notice_read AS o WHERE o.district_id = notice.district_id
             AND o.notice_id = notice.id AND o.account_id = :account_id))
     ORDER BY id DESC LIMIT :limit)
) AS n
LEFT JOIN notice_read AS r ON r.district_id = n.district_id AND r.notice_id = n.id
    AND r.account_id = :account_id
LEFT JOIN hazard_case AS k ON k.district_id = n.district_id AND k.id = n.case_id
LEFT JOIN category AS g ON g.district_id = k.district_id AND g.id = k.category_id
ORDER BY n.id DESC
LIMIT :limit
