-- One batch of addresses; rows that are the same already stay untouched and are not returned.
-- A row has a position of its own, or is another name of a building or of a place.
INSERT INTO address AS a (
    district_id, external_id, kind, name, aliases, compound, address, building_id, place_id, geom,
    datum_in, updated_at
)
SELECT :district_id, u.external_id, u.kind, u.name, string_to_array(u.aliases, E'\n'), u.compound,
       u.address, u.building_id, u.place_id, ST_SetSRID(ST_MakePoint(u.lon, u.lat), 4326),
       :datum, :at
FROM unnest(
    CAST(:external_id AS text[]), CAST(:kind AS text[]), CAST(:name AS text[]),
    CAST(:aliases AS text[]), CAST(:compound AS text[]), CAST(:address AS text[]),
    CAST(:building_id AS bigint[]), CAST(:place_id AS bigint[]), CAST(:lon AS float8[]),
    CAST(:lat AS float8[])
) AS u (external_id, kind, name, aliases, compound, address, building_id, place_id, lon, lat)
ON CONFLICT (district_id, external_id) DO UPDATE
SET kind = excluded.kind, name = excluded.name, aliases = excluded.aliases,
    compound = excluded.compound, address = excluded.address,
    building_id = excluded.building_id, place_id = excluded.place_id, geom = excluded.geom,
    datum_in = excluded.datum_in, updated_at = excluded.updated_at
WHERE (a.kind, a.name, a.aliases, a.compound, a.address, a.building_id, a.place_id)
      IS DISTINCT FROM (
          excluded.kind, excluded.name, excluded.aliases, excluded.compound, excluded.address,
          excluded.building_id, excluded.place_id
      )
   OR a.geom IS DISTINCT FROM excluded.geom
RETURNING (xmax = 0) AS added
