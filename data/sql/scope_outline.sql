-- All that a scope holds as one collection in EPSG:3857: its areas, and an officer's grids.
SELECT ST_AsBinary(ST_Collect(ST_Transform(held.geom, 3857)))
FROM (
    SELECT a.geom FROM area AS a
    WHERE a.district_id = :district_id AND a.path = ANY(CAST(:scope_paths AS ltree[]))
    UNION ALL
    SELECT v.geom FROM grid_version AS v
    WHERE v.district_id = :district_id AND v.grid_id = ANY(:scope_grids)
      AND v.validity @> CAST(:on AS date)
) AS held
