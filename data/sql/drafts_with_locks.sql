-- Plans that are not published and hold locked grids in an area, newest first.
SELECT plan.id, plan.name, count(*) AS locked
FROM plan
JOIN grid_version AS version
  ON version.district_id = plan.district_id AND version.plan_id = plan.id AND version.locked
JOIN area AS chosen ON chosen.district_id = plan.district_id AND chosen.id = :area_id
WHERE plan.district_id = :district_id AND plan.status <> 'published'
  AND version.area_path <@ chosen.path
GROUP BY plan.id, plan.name
ORDER BY plan.id DESC
LIMIT 50
