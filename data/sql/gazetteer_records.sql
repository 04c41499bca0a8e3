-- What addresses of a district can mean: buildings, named places, imported addresses. A place or
-- an address lies in the lowest area that holds its point; a building says so itself. The radius
-- is that of a circle of the same size, on the ellipsoid.
WITH things AS (
    SELECT 'building' AS kind, b.id, b.name, CAST('{}' AS text[]) AS aliases, b.compound,
           b.address, b.id AS building_id, b.area_id, b.geom
    FROM building AS b
    WHERE b.district_id = :district_id
      AND (b.name IS NOT NULL OR b.compound IS NOT NULL OR b.address IS NOT NULL)
    UNION ALL
    SELECT CASE p.kind WHEN 'pole' THEN 'pole' ELSE 'place' END, p.id, p.name, '{}', NULL, NULL,
           NULL, NULL, p.geom
    FROM place AS p
    WHERE p.district_id = :district_id
    UNION ALL
    SELECT CASE WHEN a.building_id IS NULL THEN a.kind ELSE 'building' END, a.id, a.name,
           a.aliases, a.compound, a.address, a.building_id, NULL,
           coalesce(a.geom, b.geom, p.geom)
    FROM address AS a
    LEFT JOIN building AS b ON b.district_id = a.district_id AND b.id = a.building_id
    LEFT JOIN place AS p ON p.district_id = a.district_id AND p.id = a.place_id
    WHERE a.district_id = :district_id AND :imported
)
SELECT t.kind, t.id, t.name, t.aliases, t.compound, t.address, t.building_id,
       ST_X(spot.at) AS lon, ST_Y(spot.at) AS lat,
       CASE ST_Dimension(t.geom)
           WHEN 2 THEN sqrt(ST_Area(CAST(t.geom AS geography)) / pi())
           WHEN 1 THEN ST_Length(CAST(t.geom AS geography)) / 2
           ELSE 0 END AS radius_m,
       coalesce(t.area_id, (
           SELECT held.id FROM area AS held
           WHERE held.district_id = :district_id AND ST_Intersects(held.geom, spot.at)
           ORDER BY nlevel(held.path) DESC, held.id LIMIT 1
       )) AS area_id
FROM things AS t
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(t.geom) AS at) AS spot
ORDER BY t.kind, t.id
