-- Leaves only what lies in the region: a building by a point of it, the rest by touching it.
DELETE FROM {table} AS t
WHERE NOT EXISTS (SELECT FROM osm_region AS r WHERE ST_Intersects(r.geom, t.{shape}))
