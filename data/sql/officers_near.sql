-- Officers of the streets that some areas lie in, with what each has in all his grids on a day:
-- within a street they stand in for each other.
WITH near AS (
    SELECT DISTINCT subpath(CAST(p AS ltree), 0, least(nlevel(CAST(p AS ltree)), 2)) AS path
    FROM unnest(CAST(:paths AS text[])) AS p
), there AS MATERIALIZED (
    SELECT a.id FROM near JOIN area AS a ON a.path <@ near.path OR a.path @> near.path
    WHERE a.district_id = :district_id
), chosen AS MATERIALIZED (
    SELECT s.account_id
    FROM there JOIN grid AS g ON g.district_id = :district_id AND g.community_id = there.id
    JOIN assignment AS s ON s.district_id = g.district_id AND s.grid_id = g.id
    WHERE s.role = 'officer' AND s.validity @> CAST(:day AS date)
    UNION
    SELECT s.account_id
    FROM there JOIN assignment AS s ON s.district_id = :district_id AND s.area_id = there.id
    WHERE s.role = 'officer' AND s.validity @> CAST(:day AS date)
), held AS (
    SELECT s.account_id, s.grid_id, v.households, v.buildings, k.open_cases
    FROM chosen
    JOIN assignment AS s ON s.district_id = :district_id AND s.account_id = chosen.account_id
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
ORDER BY c.display_name, c.id
LIMIT :limit
