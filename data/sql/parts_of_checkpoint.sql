-- The parts of streets that a checkpoint stands for: those within reach of its spot, or else the
-- nearest one.
SELECT p.id, p.name, p.highway, p.away_m
FROM checkpoint AS c
CROSS JOIN LATERAL (
    SELECT p.id, p.name, p.highway,
           ST_Distance(CAST(p.geom AS geography), CAST(c.geom AS geography)) AS away_m
    FROM street_part AS p
    WHERE p.district_id = c.district_id AND p.until IS NULL
      AND p.geom && ST_Expand(c.geom, :box_deg)
    ORDER BY away_m, p.id
) AS p
WHERE c.district_id = :district_id AND c.code = :code AND c.ended_at IS NULL
  AND c.grid_id = ANY(CAST(:grid_ids AS bigint[]))
  AND p.away_m <= :far_m
ORDER BY p.away_m, p.id
