-- The files that cases rest on: photos as they are shown now, sounds, papers as issued, scans as
-- signed.
-- `known`: the ledger holds this digest, or that of the photo before parts of it were blurred; a
-- photo or sound after the case's last line waits for the next one.
SELECT p.case_id, 'photo' AS kind, p.id, p.key, p.sha256,
       p.seq >= c.seq OR EXISTS (
           SELECT FROM case_event AS e
           WHERE e.district_id = p.district_id AND e.case_id = p.case_id AND e.seq = p.seq + 1
             AND jsonb_exists_any(e.facts -> 'photos', encode(p.sha256, 'hex') || ARRAY(
                 SELECT encode(r.before_sha256, 'hex') FROM photo_redaction AS r
                 WHERE r.district_id = p.district_id AND r.photo_id = p.id
             ))
       ) AS known
FROM photo AS p
JOIN hazard_case AS c ON c.district_id = p.district_id AND c.id = p.case_id
WHERE p.district_id = :district_id AND (CAST(:case_id AS uuid) IS NULL OR p.case_id = :case_id)
UNION ALL
SELECT s.case_id, 'sound', s.id, s.key, s.sha256,
       s.seq >= c.seq OR EXISTS (
           SELECT FROM case_event AS e
           WHERE e.district_id = s.district_id AND e.case_id = s.case_id AND e.seq = s.seq + 1
             AND jsonb_exists(e.facts -> 'sounds', encode(s.sha256, 'hex'))
       )
FROM sound AS s
JOIN hazard_case AS c ON c.district_id = s.district_id AND c.id = s.case_id
WHERE s.district_id = :district_id AND (CAST(:case_id AS uuid) IS NULL OR s.case_id = :case_id)
UNION ALL
SELECT w.case_id, f.kind, w.id, f.key, f.sha256,
       EXISTS (
           SELECT FROM case_event AS e
           WHERE e.district_id = w.district_id AND e.case_id = w.case_id
             AND e.action = 'paper' AND e.facts ->> 'sha256' = encode(f.sha256, 'hex')
       )
FROM case_paper AS w
CROSS JOIN LATERAL (
    VALUES ('paper', w.key, w.sha256), ('signed', w.signed_key, w.signed_sha256)
) AS f(kind, key, sha256)
WHERE w.district_id = :district_id AND f.key IS NOT NULL
  AND (CAST(:case_id AS uuid) IS NULL OR w.case_id = :case_id)
