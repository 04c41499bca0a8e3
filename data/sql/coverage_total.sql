-- How much of the streets of all grids of a place was walked over some days; each part once.
SELECT count(*) AS streets, count(*) FILTER (WHERE w.share >= :visited) AS visited,
       coalesce(sum(p.length_m), 0) AS street_m,
       coalesce(sum(p.length_m * w.share), 0) AS walked_m,
       coalesce(sum(p.length_m * w.share) FILTER (WHERE NOT w.tracked), 0) AS by_hand_m,
       count(*) FILTER (WHERE p.walked_at IS NULL AND p.length_m >= 10) AS never, min(p.walked_at) AS oldest_at
FROM (
    SELECT DISTINCT g.part_id
    FROM street_part_grid AS g
    JOIN grid_version AS v ON v.district_id = g.district_id AND v.grid_id = g.grid_id
    WHERE {seen}
      AND v.validity @> CAST(:on AS date)
      AND (CAST(:area_path AS ltree) IS NULL OR v.area_path <@ CAST(:area_path AS ltree))
) AS g
JOIN street_part AS p ON p.district_id = :district_id AND p.id = g.part_id
LEFT JOIN (
    SELECT v.part_id, max(v.share) AS share, bool_or(v.how = 'track') AS tracked
    FROM street_visit AS v
    WHERE v.district_id = :district_id AND v.shift_day BETWEEN :first AND :last
    GROUP BY v.part_id
) AS w ON w.part_id = p.id
