SELECT CAST(extract(epoch FROM p.occurred_at) AS double precision) AS time_s,
       ST_X(p.geom) AS lon, ST_Y(p.geom) AS lat, p.accuracy_m, p.grid_id
FROM track_point AS p
WHERE p.district_id = :district_id AND p.shift_day = :shift_day AND p.shift_id = :shift_id
ORDER BY p.occurred_at, p.seq
