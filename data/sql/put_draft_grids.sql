-- Put grids of a draft as they are now in place of what they were; new ones are added.
INSERT INTO grid_version (
    district_id, plan_id, grid_id, area_path, code, name, kind, revision, locked, households,
    buildings, area_m2, geom, label
)
SELECT :district_id, :plan_id, g.grid_id, CAST(g.area_path AS ltree), g.code, g.name, g.kind,
       :revision, g.locked, g.households, g.buildings, g.area_m2,
       CAST(g.geom AS geometry), CAST(g.label AS geometry)
FROM jsonb_to_recordset(CAST(:grids AS jsonb)) AS g (
    grid_id bigint, area_path text, code text, name text, kind text, locked boolean,
    households integer, buildings integer, area_m2 float8, geom text, label text
)
ON CONFLICT (district_id, plan_id, grid_id) DO UPDATE
SET code = excluded.code, name = excluded.name, kind = excluded.kind,
    revision = excluded.revision, locked = excluded.locked, households = excluded.households,
    buildings = excluded.buildings, area_m2 = excluded.area_m2, geom = excluded.geom,
    label = excluded.label
