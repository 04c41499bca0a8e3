-- When the next attempt is let through.
SELECT t.last_at + make_interval(
           secs => least(power(2, least(t.failures - :patience, 20)), :longest_s))
FROM sign_in_attempt AS t
WHERE t.key = :key
