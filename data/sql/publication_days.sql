-- Days on which grids within the scope were replaced, newest first, one line for each plan: of its
-- areas, of what lies above or below them, and of the communities of an officer's grids.
SELECT p.effective_on AS day, p.id, p.name, a.id AS area_id, a.code AS area_code,
       a.name AS area_name
FROM plan AS p
JOIN area AS a ON a.district_id = p.district_id AND a.id = p.area_id
WHERE p.district_id = :district_id AND p.status = 'published'
  AND (a.path <@ CAST(:scope_paths AS ltree[])
       OR a.path @> CAST(:scope_paths AS ltree[])
       OR EXISTS (SELECT 1 FROM grid_version AS v
                  WHERE v.district_id = p.district_id AND v.grid_id = ANY(:scope_grids)
                    AND v.area_path <@ a.path))
ORDER BY p.effective_on DESC, p.id DESC
LIMIT :limit
