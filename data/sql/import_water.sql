-- Water, from a batch of a file or from what an extract staged; rows that are the same
-- already stay untouched and are not returned.
INSERT INTO water AS w (district_id, external_id, name, kind, geom, datum_in, updated_at)
SELECT :district_id, n.external_id, n.name, n.kind, ST_Multi(n.geom), :datum, :at
FROM ({rows}) AS n
ON CONFLICT (district_id, external_id) DO UPDATE
SET name = excluded.name, kind = excluded.kind, geom = excluded.geom,
    datum_in = excluded.datum_in, updated_at = excluded.updated_at
WHERE (w.name, w.kind, w.datum_in)
      IS DISTINCT FROM (excluded.name, excluded.kind, excluded.datum_in)
   OR NOT ST_OrderingEquals(w.geom, excluded.geom)
RETURNING (xmax = 0) AS added
