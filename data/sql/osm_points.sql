-- Some points of what was read, to find the district by.
(SELECT ST_AsBinary(inside) AS point FROM osm_building ORDER BY external_id LIMIT :limit)
UNION ALL
(
    SELECT ST_AsBinary(ST_PointOnSurface(geom)) FROM osm_road ORDER BY external_id LIMIT :limit
)
