-- The rows of a batch of a file from lists, one a column, with their shapes.
SELECT u.*, s.geom, ST_PointOnSurface(s.geom) AS inside
FROM unnest({lists}) AS u ({names})
CROSS JOIN LATERAL (SELECT ST_GeomFromWKB(u.shape, 4326) AS geom) AS s
