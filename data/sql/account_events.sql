-- What was done to the ways into an account, the latest first.
SELECT e.action, e.facts, e.at, e.by_account, c.display_name AS by_name
FROM account_event AS e
LEFT JOIN account AS c ON c.district_id = e.district_id AND c.id = e.by_account
WHERE e.district_id = :district_id AND e.account_id = :account_id
ORDER BY e.id DESC
LIMIT :limit
