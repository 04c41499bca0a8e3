-- Buildings, from a batch of a file or from what an extract staged. A building lies in the
-- community that holds an inner point of it; the lowest id, should a point lie on the border of
-- two. Rows that are the same already stay untouched and are not returned. Households that change
-- have no known basis any more.
INSERT INTO building AS b (
    district_id, external_id, area_id, name, compound, address, use, levels, units, households,
    geom, datum_in, updated_at
)
SELECT :district_id, n.external_id, c.id, n.name, n.compound, n.address, n.use, n.levels,
       nullif(n.units, 0), n.households, ST_Multi(n.geom), :datum, :at
FROM ({rows}) AS n
LEFT JOIN LATERAL (
    SELECT a.id FROM area AS a
    WHERE a.district_id = :district_id AND a.level = 'community'
      AND ST_Intersects(a.geom, n.inside)
    ORDER BY a.id LIMIT 1
) AS c ON true
ON CONFLICT (district_id, external_id) DO UPDATE
SET area_id = excluded.area_id, name = excluded.name, compound = excluded.compound,
    address = excluded.address, use = excluded.use, levels = excluded.levels,
    units = excluded.units, households = excluded.households,
    households_basis = CASE WHEN b.households = excluded.households THEN b.households_basis END,
    geom = excluded.geom, datum_in = excluded.datum_in,
    updated_at = excluded.updated_at
WHERE (b.area_id, b.name, b.compound, b.address, b.use, b.levels, b.units, b.households,
       b.datum_in)
      IS DISTINCT FROM (excluded.area_id, excluded.name, excluded.compound, excluded.address,
                        excluded.use, excluded.levels, excluded.units, excluded.households,
                        excluded.datum_in)
   OR NOT ST_OrderingEquals(b.geom, excluded.geom)
RETURNING (xmax = 0) AS added
