-- What was taken from within some areas, the newest first; a page begins after the one before.
-- Days begin at midnight in the district; `until` is the first day that is not asked for.
SELECT e.id, e.account_id, a.display_name, e.at, e.format, e.columns, e.asked, e.rows, e.capped,
       e.purpose, e.name, e.size_bytes, e.sha256
FROM export_log AS e
JOIN district AS d ON d.id = e.district_id
LEFT JOIN account AS a ON a.district_id = e.district_id AND a.id = e.account_id
WHERE e.district_id = :district_id AND e.area_path <@ CAST(:paths AS ltree[])
  AND (CAST(:since AS date) IS NULL
       OR e.at >= CAST(CAST(:since AS date) AS timestamp) AT TIME ZONE d.time_zone)
  AND (CAST(:until AS date) IS NULL
       OR e.at < CAST(CAST(:until AS date) AS timestamp) AT TIME ZONE d.time_zone)
  AND (CAST(:words AS text) IS NULL OR a.login ILIKE :words OR a.display_name ILIKE :words
       OR e.purpose ILIKE :words)
  AND (CAST(:after_at AS timestamptz) IS NULL
       OR (e.at, e.id) < (CAST(:after_at AS timestamptz), CAST(:after_id AS uuid)))
ORDER BY e.at DESC, e.id DESC
LIMIT :limit
