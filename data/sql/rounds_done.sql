-- Rounds are done by the first visit of their grid that falls into their hours, by whomever; one
-- that comes to be known late counts as well.
UPDATE planned_round AS r
SET done_at = n.at
FROM (
    SELECT o.district_id, o.id, min(least(g.last_at, o.ends_at)) AS at
    FROM planned_round AS o
    JOIN shift_grid AS g ON g.district_id = o.district_id AND g.grid_id = o.grid_id
        AND g.shift_day BETWEEN o.day - 1 AND o.day
        AND (g.seconds >= :patrol_s OR (g.points = 0 AND g.seconds = 0))
        AND g.last_at >= o.starts_at
    JOIN shift AS s ON s.district_id = g.district_id AND s.shift_day = g.shift_day
        AND s.id = g.shift_id AND s.started_at < o.ends_at
    WHERE o.done_at IS NULL AND o.day >= CAST(:since AS date) AND o.starts_at <= :at
    GROUP BY o.district_id, o.id
) AS n
WHERE r.district_id = n.district_id AND r.id = n.id
