-- Hours patrolled around places some 30 m apart: each fix stands for the time until the next one.
-- Put together here, for a month of fixes of a town is millions of rows.
SELECT ST_X(place) AS lon, ST_Y(place) AS lat, sum(seconds) / 3600.0 AS hours
FROM (
    SELECT ST_SnapToGrid(t.geom, 0.0003) AS place,
           extract(epoch FROM lead(t.occurred_at) OVER (
               PARTITION BY t.shift_day, t.shift_id ORDER BY t.occurred_at, t.seq
           ) - t.occurred_at) AS seconds
    FROM track_point AS t
    WHERE t.district_id = :district_id AND t.shift_day BETWEEN :from_day AND :to_day
) AS fix
WHERE seconds <= :longest_s
GROUP BY place
