-- Hours patrolled in each grid over a period of days.
SELECT s.grid_id, sum(s.seconds) / 3600.0 AS hours
FROM shift_grid AS s
WHERE s.district_id = :district_id AND s.shift_day BETWEEN :from_day AND :to_day
GROUP BY s.grid_id
