-- When parts of streets were last visited, from what shifts walked of them.
UPDATE street_part AS p
SET walked_at = l.walked_at, walked_how = l.how
FROM unnest(CAST(:parts AS bigint[])) AS asked (id)
LEFT JOIN LATERAL (
    SELECT w.walked_at, w.how FROM street_walk AS w
    WHERE w.district_id = :district_id AND w.part_id = asked.id AND w.share >= :visited
    ORDER BY w.walked_at DESC LIMIT 1
) AS l ON true
WHERE p.district_id = :district_id AND p.id = asked.id
  AND (p.walked_at, p.walked_how) IS DISTINCT FROM (l.walked_at, l.how)
