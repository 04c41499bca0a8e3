-- Everything on the map that is called so. Each kind gives its best few, so that a common road
-- name does not push out the one grid of that code. Rank: 0 exactly so, 1 begins so, 2 holds it.
--
-- Grids are looked for by their own words, and as "community and grid" among the communities whose
-- name was typed. Of fewer than three signs the indexes know only beginnings, so that `named` asks
-- for what begins so; the few areas, places and roads are found by `anywhere` in their names. Of a
-- building "compound and number" is found by `compound`, what was typed before the first figure.
WITH named_grid AS MATERIALIZED (
    SELECT v.id FROM grid_version AS v
    WHERE {grids_in_scope} AND (v.code LIKE :named OR v.name ILIKE :named)
    UNION
    SELECT v.id
    FROM area AS near
    JOIN grid AS g ON g.district_id = near.district_id AND g.community_id = near.id
    JOIN grid_version AS v ON v.district_id = g.district_id AND v.grid_id = g.id
    WHERE near.district_id = :district_id AND position(near.name IN :typed) > 0
      AND near.name <> :typed AND {grids_in_scope} AND near.name || v.name ILIKE :anywhere
), found AS (
    (SELECT 'grid' AS type, CAST(v.grid_id AS text) AS id, v.name AS title,
            a.name || ' · ' || v.code AS subtitle, v.label AS at, v.geom AS shape,
            CASE WHEN v.code = :typed OR v.name = :typed THEN 0
                 WHEN starts_with(v.code, :typed) OR starts_with(v.name, :typed) THEN 1
                 ELSE 2 END AS rank, length(v.name) AS size
     FROM named_grid AS n
     JOIN grid_version AS v ON v.district_id = :district_id AND v.id = n.id
     JOIN grid AS g ON g.district_id = v.district_id AND g.id = v.grid_id
     JOIN area AS a ON a.district_id = g.district_id AND a.id = g.community_id
     WHERE v.validity @> CAST(:on AS date)
     ORDER BY rank, v.code LIMIT :limit)
    UNION ALL
    (SELECT 'case', CAST(c.id AS text), c.number,
            concat_ws(' · ', k.name, c.external_number, c.address), c.geom, NULL, CASE WHEN c.number = :typed THEN 0
                               WHEN starts_with(c.number, :typed) THEN 1 ELSE 2 END,
            length(c.number)
     FROM case_in_scope AS c
     JOIN category AS k ON k.district_id = c.district_id AND k.id = c.category_id
     WHERE {cases_in_scope} AND (c.number LIKE :named OR c.external_number = :typed)
     ORDER BY 7, c.received_at DESC LIMIT :limit)
    UNION ALL
    (SELECT 'place', CAST(p.id AS text), p.name, p.name_en, ST_PointOnSurface(p.geom), p.geom,
            CASE WHEN p.name = :typed THEN 0 WHEN starts_with(p.name, :typed) THEN 1 ELSE 2 END,
            length(p.name)
     FROM place AS p
     WHERE p.district_id = :district_id AND (p.name ILIKE :anywhere OR p.name_en ILIKE :anywhere)
     ORDER BY 7, 8, p.id LIMIT :limit)
    UNION ALL
    (SELECT 'area', CAST(a.id AS text), a.name, a.code, ST_PointOnSurface(a.geom), a.geom,
            CASE WHEN :typed IN (a.code, a.name) THEN 0
                 WHEN starts_with(a.code, :typed) OR starts_with(a.name, :typed) THEN 1
                 ELSE 2 END, length(a.name)
     FROM area AS a
     WHERE a.district_id = :district_id
       AND (a.name ILIKE :anywhere OR a.name_en ILIKE :anywhere OR starts_with(a.code, :typed))
     ORDER BY 7, 8, a.id LIMIT :limit)
    UNION ALL
    (SELECT 'building', CAST(b.id AS text),
            coalesce(nullif(concat_ws(' ', b.compound, b.name), ''), b.address), b.address,
            ST_PointOnSurface(b.geom), b.geom,
            CASE WHEN :typed IN (b.name, b.compound, b.address) THEN 0
                 WHEN starts_with(b.address, :typed) OR starts_with(b.name, :typed) THEN 1
                 ELSE 2 END, length(coalesce(b.address, b.name))
     FROM building AS b
     WHERE b.district_id = :district_id
       AND (b.address ILIKE :named OR b.compound ILIKE :named OR b.name ILIKE :named
            OR (b.compound ILIKE :compound
                AND b.compound || coalesce(b.name, '') ILIKE :anywhere))
     ORDER BY 7, 8, b.id LIMIT :limit)
    UNION ALL
    (SELECT 'road', CAST(min(r.id) AS text), r.name, NULL,
            ST_PointOnSurface(ST_Collect(r.geom)), ST_Collect(r.geom),
            CASE WHEN r.name = :typed THEN 0 WHEN starts_with(r.name, :typed) THEN 1 ELSE 2 END,
            length(r.name)
     FROM road AS r
     WHERE r.district_id = :district_id AND r.name ILIKE :anywhere
     GROUP BY r.name
     ORDER BY 7, 8, r.name LIMIT :limit)
)
SELECT f.type, f.id, f.title, f.subtitle, ST_X(f.at) AS lon, ST_Y(f.at) AS lat,
       ST_XMin(f.shape) AS west, ST_YMin(f.shape) AS south,
       ST_XMax(f.shape) AS east, ST_YMax(f.shape) AS north
FROM found AS f
ORDER BY f.rank, array_position(
    ARRAY['grid', 'case', 'area', 'place', 'road', 'building'], f.type
), f.size, f.title, f.id
LIMIT :limit
