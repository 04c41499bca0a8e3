-- Buildings by id. A building belongs to its community; one outside all communities is seen by
-- those who see the whole district. An officer sees the buildings in his grids.
SELECT b.id, b.name, b.compound, b.address, b.use, b.levels, b.households, b.area_id,
       ST_X(inner_point.at) AS lon, ST_Y(inner_point.at) AS lat
FROM building AS b
LEFT JOIN area AS home ON home.district_id = b.district_id AND home.id = b.area_id
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(b.geom) AS at) AS inner_point
WHERE b.district_id = :district_id
  AND (
      coalesce(home.path, (
          SELECT root.path FROM area AS root
          WHERE root.district_id = :district_id AND root.level = 'district' LIMIT 1
      )) <@ CAST(:scope_paths AS ltree[])
      OR EXISTS (
          SELECT 1 FROM grid_version AS own
          WHERE own.district_id = :district_id AND own.grid_id = ANY(:scope_grids)
            AND own.validity @> CAST(:on AS date) AND own.geom && b.geom
            AND ST_Intersects(own.geom, inner_point.at)
      )
  )
  AND (CAST(:building_id AS bigint) IS NULL OR b.id = :building_id)
  AND (CAST(:grid_id AS bigint) IS NULL OR (
      -- The box alone first, from a subquery of its own, so that the spatial index is used.
      b.geom && (
          SELECT v.geom FROM grid_version AS v
          WHERE v.district_id = :district_id AND v.grid_id = :grid_id
            AND v.validity @> CAST(:on AS date)
      )
      AND ST_Intersects(inner_point.at, (
          SELECT v.geom FROM grid_version AS v
          WHERE v.district_id = :district_id AND v.grid_id = :grid_id
            AND v.validity @> CAST(:on AS date)
      ))
  ))
  AND (CAST(:area_id AS bigint) IS NULL OR home.path <@ (
      SELECT chosen.path FROM area AS chosen
      WHERE chosen.district_id = :district_id AND chosen.id = :area_id
  ))
  AND (NOT :boxed OR b.geom && ST_MakeEnvelope(
      CAST(:west AS float8), CAST(:south AS float8),
      CAST(:east AS float8), CAST(:north AS float8), 4326))
  AND (CAST(:named AS text) IS NULL OR b.name ILIKE :named OR b.compound ILIKE :named
       OR b.address ILIKE :named)
  AND (CAST(:after_id AS bigint) IS NULL OR b.id > :after_id)
ORDER BY b.id
LIMIT :limit
