-- Roads, from a batch of a file or from what an extract staged; rows that are the same
-- already stay untouched and are not returned.
INSERT INTO road AS r (district_id, external_id, name, highway, geom, datum_in, updated_at)
SELECT :district_id, n.external_id, n.name, n.highway, ST_Multi(n.geom), :datum, :at
FROM ({rows}) AS n
ON CONFLICT (district_id, external_id) DO UPDATE
SET name = excluded.name, highway = excluded.highway, geom = excluded.geom,
    datum_in = excluded.datum_in, updated_at = excluded.updated_at
WHERE (r.name, r.highway, r.datum_in)
      IS DISTINCT FROM (excluded.name, excluded.highway, excluded.datum_in)
   OR NOT ST_OrderingEquals(r.geom, excluded.geom)
RETURNING (xmax = 0) AS added
