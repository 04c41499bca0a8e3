-- Accounts with the roles that hold on a day; those whose every role lies in the scope. Who holds
-- none on that day is told by those he had or will have; who never had one, by the whole district.
-- Asked for by role and area, they have such a role in the area that day; `holds`: any, or none.
SELECT a.id, a.login, a.display_name, a.active, a.must_change, a.created_at, a.unit_id,
       u.name AS unit_name,
       coalesce(r.roles, '[]') AS roles
FROM account AS a
LEFT JOIN unit AS u ON u.district_id = a.district_id AND u.id = a.unit_id
LEFT JOIN LATERAL (
    SELECT jsonb_agg(jsonb_build_object(
               'role', s.role,
               'area', CASE WHEN s.area_id IS NOT NULL THEN
                   jsonb_build_object('id', p.id, 'code', p.code, 'name', p.name) END,
               'grid', CASE WHEN s.grid_id IS NOT NULL THEN
                   jsonb_build_object('id', s.grid_id, 'code', v.code, 'name', v.name) END
           ) ORDER BY s.id) AS roles,
           bool_and(p.path <@ CAST(:scope_paths AS ltree[])) AS within,
           bool_or((CAST(:role AS text) IS NULL OR s.role = :role)
                   AND (CAST(:area_path AS text) IS NULL
                        OR p.path <@ CAST(:area_path AS ltree))) AS fits
    FROM assignment AS s
    LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
    JOIN area AS p ON p.district_id = s.district_id AND p.id = coalesce(s.area_id, g.community_id)
    LEFT JOIN grid_version AS v ON v.district_id = s.district_id AND v.grid_id = s.grid_id
        AND v.validity @> CAST(:day AS date)
    WHERE s.district_id = a.district_id AND s.account_id = a.id
      AND s.validity @> CAST(:day AS date)
) AS r ON true
LEFT JOIN LATERAL (
    SELECT bool_and(p.path <@ CAST(:scope_paths AS ltree[])) AS within
    FROM assignment AS s
    LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
    JOIN area AS p ON p.district_id = s.district_id AND p.id = coalesce(s.area_id, g.community_id)
    WHERE s.district_id = a.district_id AND s.account_id = a.id AND r.within IS NULL
) AS ever ON true
WHERE a.district_id = :district_id
  AND coalesce(r.within, ever.within, :whole)
  AND (CAST(:after AS text) IS NULL OR a.login > :after)
  AND (CAST(:words AS text) IS NULL OR a.login ILIKE :words OR a.display_name ILIKE :words)
  AND (CAST(:id AS uuid) IS NULL OR a.id = :id)
  AND (CAST(:logins AS text[]) IS NULL OR a.login = ANY(:logins))
  AND (CAST(:unit_id AS bigint) IS NULL OR a.unit_id = :unit_id)
  AND (CAST(:active AS boolean) IS NULL OR a.active = :active)
  AND (CAST(:holds AS boolean) IS NULL OR (r.roles IS NOT NULL) = :holds)
  AND (CAST(:role AS text) IS NULL AND CAST(:area_path AS text) IS NULL OR r.fits)
ORDER BY a.login
LIMIT :limit
