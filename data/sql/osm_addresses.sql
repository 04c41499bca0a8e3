-- Staged addresses: another name of the building that they stand in, else a place of their own.
-- Rows that are the same already stay untouched and are not returned.
INSERT INTO address AS a (
    district_id, external_id, kind, name, address, building_id, geom, datum_in, updated_at
)
SELECT :district_id, n.external_id, 'address', n.name, n.address, n.building_id,
       CASE WHEN n.building_id IS NULL THEN n.geom END, :datum, :at
FROM ({rows}) AS n
ON CONFLICT (district_id, external_id) DO UPDATE
SET kind = excluded.kind, name = excluded.name, address = excluded.address,
    building_id = excluded.building_id, geom = excluded.geom, datum_in = excluded.datum_in,
    updated_at = excluded.updated_at
WHERE (a.kind, a.name, a.address, a.building_id, a.geom, a.datum_in)
      IS DISTINCT FROM (excluded.kind, excluded.name, excluded.address, excluded.building_id,
                        excluded.geom, excluded.datum_in)
RETURNING (xmax = 0) AS added
