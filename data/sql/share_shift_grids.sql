-- What a track comes to in each grid it ran through. `last_at` is the last fix in the grid; one
-- that was only crossed between two fixes has none of its own and takes the end of the track.
INSERT INTO shift_grid (district_id, shift_day, shift_id, grid_id, points, seconds, metres, last_at)
SELECT :district_id, :shift_day, :shift_id, s.grid_id, coalesce(f.points, 0),
       s.seconds, s.metres, coalesce(f.last_at, t.last_at)
FROM unnest(
    CAST(:grids AS bigint[]), CAST(:seconds AS double precision[]),
    CAST(:metres AS double precision[])
) AS s (grid_id, seconds, metres)
CROSS JOIN (
    SELECT max(occurred_at) AS last_at FROM track_point
    WHERE district_id = :district_id AND shift_day = :shift_day AND shift_id = :shift_id
) AS t
LEFT JOIN (
    SELECT grid_id, count(*) AS points, max(occurred_at) AS last_at FROM track_point
    WHERE district_id = :district_id AND shift_day = :shift_day AND shift_id = :shift_id
    GROUP BY grid_id
) AS f ON f.grid_id = s.grid_id
