-- Staged buildings as the rows that an import of buildings stores. Households that somebody has
-- counted (they have a basis) stay: an estimate never replaces a count.
SELECT b.external_id, b.name, g.compound, g.address, b.use, b.levels, b.units,
       coalesce(k.households, h.households) AS households, b.geom, b.inside
FROM osm_building AS b
JOIN osm_ground AS g USING (external_id)
JOIN osm_households AS h USING (external_id)
LEFT JOIN building AS k
    ON k.district_id = :district_id AND k.external_id = b.external_id
    AND k.households_basis IS NOT NULL
