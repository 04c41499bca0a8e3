-- What patrols came to in grids over some days: visits, and how much of their streets was walked.
-- Of a part that several shifts walked in part, the largest share counts. A street along a border
-- counts in both grids.
WITH shown AS (
    SELECT v.grid_id, v.code, v.name, CAST(v.area_path AS text) AS area_path
    FROM grid_version AS v
    WHERE {seen}
      AND v.validity @> CAST(:on AS date)
      AND (CAST(:grid_id AS bigint) IS NULL OR v.grid_id = :grid_id)
      AND (CAST(:area_path AS ltree) IS NULL OR v.area_path <@ CAST(:area_path AS ltree))
      AND (CAST(:after_code AS text) IS NULL OR (v.code, v.grid_id) > (:after_code, :after_id))
    ORDER BY v.code, v.grid_id
    LIMIT :limit
)
SELECT s.grid_id, s.code, s.name, a.id AS area_id, a.name AS area_name,
       n.visits, n.nothing_found, n.seconds, n.metres, n.last_at,
       t.streets, t.visited, t.street_m, t.walked_m, t.by_hand_m, t.never, t.oldest_at
FROM shown AS s
JOIN area AS a ON a.district_id = :district_id AND a.path = CAST(s.area_path AS ltree)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE g.patrolled) AS visits,
           count(*) FILTER (WHERE g.patrolled AND NOT g.found) AS nothing_found,
           coalesce(sum(g.seconds), 0) AS seconds, coalesce(sum(g.metres), 0) AS metres,
           max(g.last_at) FILTER (WHERE g.patrolled) AS last_at
    FROM (
        SELECT i.seconds, i.metres, i.last_at, i.found,
               i.seconds >= :patrol_s OR (i.points = 0 AND i.seconds = 0) AS patrolled
        FROM grid_visit AS i
        WHERE i.district_id = :district_id AND i.grid_id = s.grid_id
          AND i.shift_day BETWEEN :first AND :last
    ) AS g
) AS n
CROSS JOIN LATERAL (
    SELECT count(*) AS streets, count(*) FILTER (WHERE w.share >= :visited) AS visited,
           coalesce(sum(p.length_m), 0) AS street_m,
           coalesce(sum(p.length_m * w.share), 0) AS walked_m,
           coalesce(sum(p.length_m * w.share) FILTER (WHERE NOT w.tracked), 0) AS by_hand_m,
           count(*) FILTER (WHERE p.walked_at IS NULL AND p.length_m >= 10) AS never, min(p.walked_at) AS oldest_at
    FROM street_part_grid AS g
    JOIN street_part AS p ON p.district_id = g.district_id AND p.id = g.part_id
    LEFT JOIN LATERAL (
        SELECT max(v.share) AS share, bool_or(v.how = 'track') AS tracked FROM street_visit AS v
        WHERE v.district_id = :district_id AND v.part_id = p.id
          AND v.shift_day BETWEEN :first AND :last
    ) AS w ON true
    WHERE g.district_id = :district_id AND g.grid_id = s.grid_id
) AS t
ORDER BY s.code, s.grid_id
