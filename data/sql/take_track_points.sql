-- Points of many shifts in one statement; a `seq` that is there already stays as it is. A point
-- names its shift by its place in the list of shifts: `track` begins at 0. NaN and -1 stand for
-- what is not known.
WITH track AS (
    SELECT t.number - 1 AS number, t.shift_day, t.shift_id, t.received_at
    FROM unnest(
        CAST(:days AS date[]), CAST(:shifts AS uuid[]), CAST(:received AS timestamptz[])
    ) WITH ORDINALITY AS t (shift_day, shift_id, received_at, number)
), added AS (
    INSERT INTO track_point
        (district_id, shift_day, shift_id, seq, occurred_at, received_at, geom, accuracy_m, grid_id)
    SELECT :district_id, track.shift_day, track.shift_id, p.seq, p.occurred_at, track.received_at,
           ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326), nullif(p.accuracy_m, 'NaN'),
           nullif(p.grid_id, -1)
    FROM unnest(
        CAST(:tracks AS integer[]), CAST(:seqs AS integer[]), CAST(:times AS timestamptz[]),
        CAST(:lons AS float8[]), CAST(:lats AS float8[]), CAST(:accuracies AS float8[]),
        CAST(:grids AS bigint[])
    ) AS p (track, seq, occurred_at, lon, lat, accuracy_m, grid_id)
    JOIN track ON track.number = p.track
    ON CONFLICT DO NOTHING
    RETURNING shift_id
), counted AS (
    SELECT shift_id, count(*) AS points FROM added GROUP BY shift_id
), told AS (
    UPDATE shift SET points = shift.points + counted.points
    FROM counted JOIN track ON track.shift_id = counted.shift_id
    WHERE shift.district_id = :district_id AND shift.shift_day = track.shift_day
      AND shift.id = counted.shift_id
)
SELECT shift_id, points FROM counted
