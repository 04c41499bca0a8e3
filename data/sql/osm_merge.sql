-- What one statement of an import stored, counted.
WITH stored AS (
{statement}
)
SELECT count(*) FILTER (WHERE added) AS added, count(*) FILTER (WHERE NOT added) AS changed
FROM stored
