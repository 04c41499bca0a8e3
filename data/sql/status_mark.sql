-- Where we stand before the rows are read: `oldest` is the first transaction that may still be
-- under way, so that a change which commits late is never skipped.
SELECT CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS oldest,
       CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS newest,
       CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS day,
       coalesce(l.version, 0) AS grids_version
FROM district AS d
LEFT JOIN layer_version AS l ON l.district_id = d.id AND l.layer = 'grids'
WHERE d.id = :district_id
