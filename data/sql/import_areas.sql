-- One level of areas, whose parents are stored already; the path is the parent's and the code.
-- Rows that are the same already stay untouched and are not returned.
INSERT INTO area AS a (
    district_id, parent_id, code, name, name_en, level, path, geom, datum_in, updated_at
)
SELECT :district_id, p.id, u.code, u.name, u.name_en, :level,
       CASE WHEN p.id IS NULL THEN text2ltree(u.code) ELSE p.path || u.code END,
       ST_Multi(ST_GeomFromWKB(u.shape, 4326)), :datum, :at
FROM unnest(
    CAST(:code AS text[]), CAST(:parent_code AS text[]), CAST(:name AS text[]),
    CAST(:name_en AS text[]), CAST(:shape AS bytea[])
) AS u (code, parent_code, name, name_en, shape)
LEFT JOIN area AS p ON p.district_id = :district_id AND p.code = u.parent_code
ON CONFLICT (district_id, code) DO UPDATE
SET name = excluded.name, name_en = excluded.name_en, geom = excluded.geom,
    datum_in = excluded.datum_in, updated_at = excluded.updated_at
WHERE (a.name, a.name_en, a.datum_in)
      IS DISTINCT FROM (excluded.name, excluded.name_en, excluded.datum_in)
   OR NOT ST_OrderingEquals(a.geom, excluded.geom)
RETURNING (xmax = 0) AS added
