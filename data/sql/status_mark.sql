-- Where we stand before rows are read: the snapshot says which transactions are still under way,
-- so that a change which commits late is never skipped.
SELECT CAST(pg_current_snapshot() AS text) AS snapshot,
       CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS day,
       extract(epoch FROM date_trunc('day', CAST(:at AS timestamptz) AT TIME ZONE d.time_zone)
               AT TIME ZONE d.time_zone) AS midnight_s,
       coalesce(l.version, 0) AS grids_version
FROM district AS d
LEFT JOIN layer_version AS l ON l.district_id = d.id AND l.layer = 'grids'
WHERE d.id = :district_id
