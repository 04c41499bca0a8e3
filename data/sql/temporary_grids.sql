-- Temporary grids in force between two days that touch the scope: those within its areas, and
-- those that an officer is charged with or that lie over his grids.
SELECT t.id, t.name, t.kind, t.reason, lower(t.validity) AS first_day,
       upper(t.validity) - 1 AS last_day, t.from_time, t.to_time,
       ST_AsGeoJSON(t.geom, 7) AS geometry,
       CAST(t.area_path AS text) AS area_path, a.id AS area_id, a.code AS area_code,
       a.name AS area_name,
       (SELECT coalesce(json_agg(json_build_object('id', c.id, 'display_name', c.display_name)
                                 ORDER BY c.display_name), '[]')
        FROM account AS c
        WHERE c.district_id = t.district_id AND c.id = ANY(t.officer_ids)) AS officers
FROM temporary_grid AS t
JOIN area AS a ON a.district_id = t.district_id AND a.path = t.area_path
WHERE t.district_id = :district_id
  AND t.validity && daterange(CAST(:from_day AS date), CAST(:to_day AS date), '[]')
  AND (CAST(:id AS bigint) IS NULL OR t.id = :id)
  AND (t.area_path <@ CAST(:scope_paths AS ltree[])
       OR :scope_account = ANY(t.officer_ids)
       OR EXISTS (SELECT 1 FROM grid_version AS v
                  WHERE v.district_id = t.district_id AND v.grid_id = ANY(:scope_grids)
                    AND v.validity && t.validity AND ST_Intersects(v.geom, t.geom)))
  AND (CAST(:after_id AS bigint) IS NULL OR t.id > :after_id)
ORDER BY t.id
LIMIT :limit
