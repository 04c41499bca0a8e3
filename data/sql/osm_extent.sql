-- The box around all that was read.
SELECT ST_XMin(e) AS west, ST_YMin(e) AS south, ST_XMax(e) AS east, ST_YMax(e) AS north
FROM (
    SELECT ST_Extent(geom) AS e
    FROM (
        SELECT geom FROM osm_building UNION ALL SELECT geom FROM osm_road
        UNION ALL SELECT geom FROM osm_water UNION ALL SELECT geom FROM osm_place
    ) AS t
) AS x
