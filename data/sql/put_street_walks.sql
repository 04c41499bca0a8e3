-- What a shift walked by its track, in place of what was thought before; returns the parts that
-- either says.
WITH said AS (
    SELECT * FROM unnest(
        CAST(:parts AS bigint[]), CAST(:shares AS real[]), CAST(:times AS timestamptz[])
    ) AS n (part_id, share, walked_at)
), gone AS (
    DELETE FROM street_walk AS w
    WHERE w.district_id = :district_id AND w.shift_day = :shift_day AND w.shift_id = :shift_id
      AND w.how = 'track' AND NOT w.part_id = ANY(CAST(:parts AS bigint[]))
    RETURNING w.part_id
), put AS (
    INSERT INTO street_walk AS w
        (district_id, shift_day, shift_id, part_id, how, share, walked_at)
    SELECT :district_id, :shift_day, :shift_id, n.part_id, 'track', n.share, n.walked_at
    FROM said AS n
    ON CONFLICT (district_id, shift_day, shift_id, part_id, how) DO UPDATE
    SET share = excluded.share, walked_at = excluded.walked_at
    WHERE (w.share, w.walked_at) IS DISTINCT FROM (excluded.share, excluded.walked_at)
    RETURNING w.part_id
)
SELECT part_id FROM gone UNION SELECT part_id FROM put
