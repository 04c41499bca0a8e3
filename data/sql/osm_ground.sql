-- What the ground says of each building: the use of the land, the compound (the smallest of
-- several), and, where it carries none itself, the one address that stands within it; of several
-- the lowest in order of its text, for a building has one.
INSERT INTO osm_ground (external_id, landuse, compound, address)
SELECT b.external_id, l.use, c.name, coalesce(b.address, a.address)
FROM osm_building AS b
LEFT JOIN LATERAL (
    SELECT u.use FROM osm_landuse AS u
    WHERE ST_Intersects(u.geom, b.inside)
    ORDER BY ST_Area(u.geom), u.use LIMIT 1
) AS l ON true
LEFT JOIN LATERAL (
    SELECT p.name FROM osm_place AS p
    WHERE p.kind = 'compound' AND ST_Dimension(p.geom) = 2 AND ST_Intersects(p.geom, b.inside)
    ORDER BY ST_Area(p.geom), p.external_id LIMIT 1
) AS c ON true
LEFT JOIN LATERAL (
    SELECT n.address FROM osm_address AS n
    WHERE b.address IS NULL AND ST_Intersects(n.geom, b.geom)
    ORDER BY n.address LIMIT 1
) AS a ON true
