-- The caller's district and the box around all that he works in.
SELECT d.id, d.code, d.name, d.time_zone,
       ST_XMin(whole.box) AS w, ST_YMin(whole.box) AS s,
       ST_XMax(whole.box) AS e, ST_YMax(whole.box) AS n,
       ST_XMin(home.box) AS home_w, ST_YMin(home.box) AS home_s,
       ST_XMax(home.box) AS home_e, ST_YMax(home.box) AS home_n
FROM district AS d
JOIN LATERAL (
    SELECT ST_Extent(a.geom) AS box FROM area AS a
    WHERE a.district_id = d.id AND a.parent_id IS NULL
) AS whole ON true
JOIN LATERAL (
    SELECT ST_Extent(g.geom) AS box
    FROM (
        SELECT a.geom FROM area AS a
        WHERE a.district_id = d.id AND a.id = ANY(CAST(:area_ids AS bigint[]))
        UNION ALL
        SELECT v.geom FROM grid_version AS v
        WHERE v.district_id = d.id AND v.grid_id = ANY(CAST(:grid_ids AS bigint[]))
          AND v.validity @> CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date)
    ) AS g
) AS home ON true
WHERE d.id = :district_id
