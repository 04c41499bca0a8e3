-- A duty without a track: its grids at its word, with no measured time.
INSERT INTO shift_grid (district_id, shift_day, shift_id, grid_id, points, seconds, metres, last_at)
SELECT :district_id, :shift_day, :shift_id, g.grid_id, 0, 0, 0, :at
FROM unnest(CAST(:grids AS bigint[])) AS g (grid_id)
