-- Named places, from a batch of a file or from what an extract staged; rows that are the same
-- already stay untouched and are not returned.
INSERT INTO place AS p (
    district_id, external_id, name, name_en, kind, geom, datum_in, updated_at
)
SELECT :district_id, n.external_id, n.name, n.name_en, n.kind, n.geom, :datum, :at
FROM ({rows}) AS n
ON CONFLICT (district_id, external_id) DO UPDATE
SET name = excluded.name, name_en = excluded.name_en, kind = excluded.kind, geom = excluded.geom,
    datum_in = excluded.datum_in, updated_at = excluded.updated_at
WHERE (p.name, p.name_en, p.kind, p.datum_in)
      IS DISTINCT FROM (excluded.name, excluded.name_en, excluded.kind, excluded.datum_in)
   OR NOT ST_OrderingEquals(p.geom, excluded.geom)
RETURNING (xmax = 0) AS added
