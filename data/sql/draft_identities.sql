-- Grids of a plan with their identity, and whether it is that of a published grid as well: one
-- that only this draft knows goes with the draft's grids.
SELECT version.grid_id AS id,
       version.code,
       EXISTS (
           SELECT 1 FROM grid_version AS published
           WHERE published.district_id = version.district_id
             AND published.grid_id = version.grid_id AND published.validity IS NOT NULL
       ) AS published,
       ST_AsBinary(version.geom) AS geometry
FROM grid_version AS version
WHERE version.district_id = :district_id AND version.plan_id = :plan_id
ORDER BY version.code
