-- Plans whose area lies in the scope, newest first, each with the number of its grids. What a
-- check found is listed for a single plan only: it may be long.
SELECT p.id, p.name, p.status, p.reason, p.target_households, p.wishes, p.generation, p.quality,
       p.effective_on, p.created_at, p.published_at, p.reverses, p.revision,
       CASE WHEN CAST(:plan_id AS bigint) IS NULL THEN p.findings - 'problems'
            ELSE p.findings END AS findings,
       a.id AS area_id, a.code AS area_code, a.name AS area_name,
       CAST(a.path AS text) AS area_path,
       (SELECT count(*) FROM grid_version AS v
        WHERE v.district_id = p.district_id AND v.plan_id = p.id) AS grids
FROM plan AS p
JOIN area AS a ON a.district_id = p.district_id AND a.id = p.area_id
WHERE p.district_id = :district_id
  AND a.path <@ CAST(:scope_paths AS ltree[])
  AND (CAST(:plan_id AS bigint) IS NULL OR p.id = :plan_id)
  AND (CAST(:status AS text) IS NULL OR p.status = :status)
  AND (CAST(:area_id AS bigint) IS NULL OR a.path <@ (
      SELECT chosen.path FROM area AS chosen
      WHERE chosen.district_id = :district_id AND chosen.id = :area_id
  ))
  AND (CAST(:before_id AS bigint) IS NULL OR p.id < :before_id)
ORDER BY p.id DESC
LIMIT :limit
