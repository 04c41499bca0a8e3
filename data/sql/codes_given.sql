-- Codes that communities have ever given to a published grid: a retired one is not given again.
SELECT DISTINCT version.code
FROM grid_version AS version
JOIN grid ON grid.district_id = version.district_id AND grid.id = version.grid_id
WHERE version.district_id = :district_id
  AND grid.community_id = ANY(:communities)
  AND version.validity IS NOT NULL
ORDER BY version.code
