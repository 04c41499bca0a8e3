-- One more attempt, unless it comes too early: then nothing is written and no row comes back.
INSERT INTO sign_in_attempt AS t (key, failures, last_at)
VALUES (:key, 1, :at)
ON CONFLICT (key) DO UPDATE SET
    last_at = :at,
    failures = CASE WHEN t.last_at < :forgotten THEN 1 ELSE t.failures + 1 END
WHERE t.last_at < :forgotten
   OR t.failures < :patience
   OR t.last_at + make_interval(
          secs => least(power(2, least(t.failures - :patience, 20)), :longest_s)) <= :at
RETURNING t.failures
