-- All that a tile of a run's density depends on, beside the caller's places: the raster, and the
-- state of the outlines that it is cut by; grids also change with the day.
SELECT r.density_key,
       CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS day,
       coalesce((
           SELECT l.version FROM layer_version AS l
           WHERE l.district_id = d.id AND l.layer = 'areas'
       ), 0) AS areas_version,
       coalesce((
           SELECT l.version FROM layer_version AS l
           WHERE l.district_id = d.id AND l.layer = 'grids'
       ), 0) AS grids_version
FROM hotspot_run AS r
JOIN district AS d ON d.id = r.district_id
WHERE r.district_id = :district_id AND r.id = :run_id
