-- A point in words. The box in degrees is a first sieve for the index (a degree of longitude
-- shrinks towards the poles); the distance that decides is on the ellipsoid.
WITH here AS (
    SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS point,
           :within_m / 110000.0 / greatest(cos(radians(:lat)), 0.01) AS reach_deg
),
near AS (
    SELECT 1 AS rank, b.address AS words,
           ST_Distance(CAST(b.geom AS geography), CAST(here.point AS geography)) AS distance_m
    FROM here
    JOIN building AS b ON b.geom && ST_Expand(here.point, here.reach_deg)
    WHERE b.district_id = :district_id AND b.address IS NOT NULL
    UNION ALL
    SELECT 2, r.name,
           ST_Distance(CAST(r.geom AS geography), CAST(here.point AS geography))
    FROM here
    JOIN road AS r ON r.geom && ST_Expand(here.point, here.reach_deg)
    WHERE r.district_id = :district_id AND r.name IS NOT NULL
)
SELECT words FROM near WHERE distance_m <= :within_m
ORDER BY rank, distance_m, words
LIMIT 1
