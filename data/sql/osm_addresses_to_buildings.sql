-- The building that each address stands in: the one with the lowest id.
UPDATE osm_address AS n
SET building_id = b.id, is_known = n.name IS NULL AND n.address IS NOT DISTINCT FROM b.address
FROM (
    SELECT DISTINCT ON (a.external_id) a.external_id, h.id, h.address
    FROM osm_address AS a
    JOIN building AS h ON h.district_id = :district_id AND ST_Intersects(h.geom, a.geom)
    ORDER BY a.external_id, h.id
) AS b
WHERE b.external_id = n.external_id
