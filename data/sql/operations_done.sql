-- Commands that were carried out before, of those asked for.
SELECT o.account_id, o.id, o.body_digest, o.status, o.answer
FROM unnest(CAST(:accounts AS uuid[]), CAST(:ids AS uuid[])) AS asked (account_id, id)
JOIN operation AS o ON o.district_id = :district_id
 AND o.account_id = asked.account_id AND o.id = asked.id
