-- Grids in force whose box holds one of the points; which of them holds it is decided exactly
-- afterwards. Each grid comes once, however many points its box holds.
SELECT v.grid_id, v.code, v.name, g.community_id, CAST(v.area_path AS text) AS area_path,
       ST_AsBinary(v.geom) AS geometry
FROM grid_version AS v
JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
WHERE v.district_id = :district_id AND v.validity @> CAST(:on AS date)
  AND v.id IN (
      SELECT near.id
      FROM unnest(CAST(:lons AS float8[]), CAST(:lats AS float8[])) AS p (lon, lat)
      JOIN grid_version AS near
        ON near.geom && ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326)
       AND near.district_id = :district_id AND near.validity @> CAST(:on AS date)
  )
