-- Areas of a district with a point in each and the radius of a circle of its size.
SELECT a.id, a.parent_id, a.name, a.level, ST_X(spot.at) AS lon, ST_Y(spot.at) AS lat,
       sqrt(ST_Area(CAST(a.geom AS geography)) / pi()) AS radius_m
FROM area AS a
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(a.geom) AS at) AS spot
WHERE a.district_id = :district_id
ORDER BY a.id
