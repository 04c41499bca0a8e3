-- One batch of roads; rows that are the same already stay untouched and are not returned.
INSERT INTO road AS r (district_id, external_id, name, highway, geom, datum_in, updated_at)
SELECT :district_id, u.external_id, u.name, u.highway,
       ST_Multi(ST_GeomFromWKB(u.shape, 4326)), :datum, :at
FROM unnest(
    CAST(:external_id AS text[]), CAST(:name AS text[]), CAST(:highway AS text[]),
    CAST(:shape AS bytea[])
) AS u (external_id, name, highway, shape)
ON CONFLICT (district_id, external_id) DO UPDATE
SET name = excluded.name, highway = excluded.highway, geom = excluded.geom,
    datum_in = excluded.datum_in, updated_at = excluded.updated_at
WHERE (r.name, r.highway, r.datum_in)
      IS DISTINCT FROM (excluded.name, excluded.highway, excluded.datum_in)
   OR NOT ST_OrderingEquals(r.geom, excluded.geom)
RETURNING (xmax = 0) AS added
