-- Who holds a role today. With a place: of the areas around it in which somebody holds the role,
-- the smallest counts, so that a street's commander is told before the district's.
WITH held AS (
    SELECT s.account_id, nlevel(a.path) AS depth
    FROM assignment AS s
    JOIN account AS c ON c.district_id = s.district_id AND c.id = s.account_id AND c.active
    JOIN district AS d ON d.id = s.district_id
    JOIN area AS a ON a.district_id = s.district_id AND a.id = s.area_id
    WHERE s.district_id = :district_id
      AND s.role = :role
      AND s.validity @> CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date)
      AND (CAST(:area_path AS ltree) IS NULL OR a.path @> CAST(:area_path AS ltree))
)
SELECT DISTINCT account_id
FROM held
WHERE CAST(:area_path AS ltree) IS NULL OR depth = (SELECT max(depth) FROM held)
ORDER BY account_id
