-- Where a plan stands. One whose grids are being generated, or were never, has none to check.
SELECT p.status, p.created_by, p.revision, p.target_households, p.wishes, p.area_id,
       CAST(a.path AS text) AS area_path,
       CAST(p.findings ->> 'revision' AS integer) AS checked_revision,
       coalesce(p.generation ->> 'state' IN ('waiting', 'running'), false) AS generating,
       EXISTS (SELECT 1 FROM grid_version AS v
               WHERE v.district_id = p.district_id AND v.plan_id = p.id) AS has_grids
FROM plan AS p
JOIN area AS a ON a.district_id = p.district_id AND a.id = p.area_id
WHERE p.district_id = :district_id AND p.id = :plan_id
