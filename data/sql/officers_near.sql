-- Officers of the streets that some areas lie in, with what each has in all his grids on a day:
-- within a street they stand in for each other.
WITH near AS (
    SELECT DISTINCT subpath(CAST(p AS ltree), 0, least(nlevel(CAST(p AS ltree)), 2)) AS path
    FROM unnest(CAST(:paths AS text[])) AS p
), held AS (
    SELECT s.account_id, s.grid_id, a.path, v.households, v.buildings, k.open_cases
    FROM assignment AS s
    LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
    JOIN area AS a ON a.district_id = s.district_id AND a.id = coalesce(s.area_id, g.community_id)
    LEFT JOIN grid_version AS v ON v.district_id = s.district_id AND v.grid_id = s.grid_id
        AND v.validity @> CAST(:day AS date)
    LEFT JOIN grid_status AS k ON k.district_id = s.district_id AND k.grid_id = s.grid_id
    WHERE s.district_id = :district_id AND s.role = 'officer'
      AND s.validity @> CAST(:day AS date)
)
SELECT c.id, c.display_name, count(h.grid_id) AS grids,
       coalesce(sum(h.households), 0) AS households, coalesce(sum(h.buildings), 0) AS buildings,
       coalesce(sum(h.open_cases), 0) AS open_cases
FROM account AS c
JOIN held AS h ON h.account_id = c.id
WHERE c.district_id = :district_id AND c.active
GROUP BY c.id, c.display_name
HAVING bool_or(EXISTS (SELECT 1 FROM near WHERE h.path <@ near.path OR h.path @> near.path))
ORDER BY c.display_name, c.id
LIMIT :limit
