-- Of tracks of long ago the first fix of each minute is kept, once they were matched to streets.
WITH old AS (
    SELECT district_id, shift_day, id
    FROM shift
    WHERE tracked AND track_kept = 'whole' AND ended_at IS NOT NULL
      AND match_done >= match_asked AND shift_day < :before
    ORDER BY shift_day, id
    LIMIT :limit
    FOR UPDATE SKIP LOCKED
), ranked AS (
    SELECT p.district_id, p.shift_day, p.shift_id, p.seq,
           row_number() OVER (
               PARTITION BY p.district_id, p.shift_day, p.shift_id,
                            date_trunc('minute', p.occurred_at)
               ORDER BY p.occurred_at, p.seq
           ) AS number
    FROM old AS o
    JOIN track_point AS p ON p.district_id = o.district_id AND p.shift_day = o.shift_day
        AND p.shift_id = o.id
), thinned AS (
    DELETE FROM track_point AS p
    USING ranked AS r
    WHERE r.number > 1 AND p.district_id = r.district_id AND p.shift_day = r.shift_day
      AND p.shift_id = r.shift_id AND p.seq = r.seq
)
UPDATE shift AS s SET track_kept = 'thinned'
FROM old AS o
WHERE s.district_id = o.district_id AND s.shift_day = o.shift_day AND s.id = o.id
