-- Stretches of duty of one account that touch a stretch of time; one that was not ended lasts a day.
SELECT s.started_at, coalesce(s.ended_at, s.started_at + interval '24 hours') AS ended_at, s.tracked
FROM shift AS s
WHERE s.district_id = :district_id AND s.account_id = :account_id
  AND s.shift_day BETWEEN CAST(:first AS date) - 2 AND CAST(:last AS date) + 1
  AND s.started_at <= :last
  AND coalesce(s.ended_at, s.started_at + interval '24 hours') >= :first
ORDER BY s.started_at
