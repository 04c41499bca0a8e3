-- What the district's buildings come to after an import of an extract.
SELECT coalesce(sum(households) FILTER (WHERE from_osm), 0) AS households,
       count(*) FILTER (WHERE from_osm AND area_id IS NULL) AS without_community,
       count(*) FILTER (WHERE NOT from_osm) AS others
FROM (
    SELECT households, area_id, starts_with(external_id, 'osm:') AS from_osm
    FROM building WHERE district_id = :district_id
) AS b
