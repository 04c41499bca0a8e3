-- What was walked of parts that ended is said of those which are drawn over them now: what a part
-- is cut into, or moved by some metres, was walked with it. A metre is taken for what it is in
-- degrees at the parts themselves.
WITH heir AS (
    SELECT n.id AS part_id, o.id AS old_id
    FROM street_part AS n
    JOIN street_part AS o ON o.district_id = n.district_id
        AND o.id = ANY(CAST(:ended AS bigint[]))
        AND o.geom && ST_Expand(n.geom, :near_deg)
    WHERE n.district_id = :district_id AND n.id = ANY(CAST(:begun AS bigint[]))
      AND ST_Length(ST_Intersection(n.geom, ST_Buffer(o.geom, :near_deg, 2)))
          >= 0.5 * ST_Length(n.geom)
)
INSERT INTO street_walk AS w (district_id, shift_day, shift_id, part_id, how, share, walked_at)
SELECT o.district_id, o.shift_day, o.shift_id, h.part_id, o.how, max(o.share), max(o.walked_at)
FROM heir AS h
JOIN street_walk AS o ON o.district_id = :district_id AND o.part_id = h.old_id
GROUP BY o.district_id, o.shift_day, o.shift_id, h.part_id, o.how
ON CONFLICT DO NOTHING
