-- A whole batch in one statement; a `seq` that is there already stays as it is.
WITH added AS (
    INSERT INTO track_point
        (district_id, shift_day, shift_id, seq, occurred_at, received_at, geom, accuracy_m, grid_id)
    SELECT :district_id, :shift_day, :shift_id, p.seq, p.occurred_at, :at,
           ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326), p.accuracy_m, p.grid_id
    FROM unnest(
        CAST(:seqs AS integer[]), CAST(:times AS timestamptz[]),
        CAST(:lons AS double precision[]), CAST(:lats AS double precision[]),
        CAST(:accuracies AS double precision[]), CAST(:grids AS bigint[])
    ) AS p (seq, occurred_at, lon, lat, accuracy_m, grid_id)
    ON CONFLICT DO NOTHING
    RETURNING 1
), counted AS (
    SELECT count(*) AS points FROM added
), told AS (
    UPDATE shift SET points = shift.points + counted.points
    FROM counted
    WHERE shift.district_id = :district_id AND shift.shift_day = :shift_day
      AND shift.id = :shift_id AND counted.points > 0
)
SELECT points FROM counted
