-- Cases reported in a period, as they stand now, counted for `casework.indicators` by {group}.
WITH reported AS (
    SELECT c.*,
           c.state <> 'void' OR c.merged_into IS NOT NULL AS valid,
           c.state <> 'void' AND c.merged_into IS NULL
               AND coalesce(c.filed_at, c.dispatched_at, c.handled_at) IS NOT NULL AS filed,
           coalesce((c.standing ->> 'confirm_first')::boolean, false) AS confirm_first,
           coalesce((c.standing ->> 'extensions')::integer, 0) > 0 AS extended
    FROM case_in_scope AS c
    WHERE {where}
      AND c.received_at >= CAST(CAST(:first AS date) AS timestamp)
          AT TIME ZONE (SELECT time_zone FROM district WHERE id = :district_id)
      AND c.received_at < CAST(CAST(:last AS date) + 1 AS timestamp)
          AT TIME ZONE (SELECT time_zone FROM district WHERE id = :district_id)
      AND (CAST(:area_path AS ltree) IS NULL OR c.area_path <@ CAST(:area_path AS ltree))
      AND (CAST(:unit_id AS bigint) IS NULL OR c.unit_id = :unit_id)
), told AS (
    SELECT r.*, {group} AS of,
           r.filed AND r.state <> 'suspended' AND (r.handled_at IS NOT NULL OR r.deadline_at < :at)
               AS due,
           r.handled_at <= coalesce(r.deadline_at, 'infinity') AS in_time,
           EXISTS (
               SELECT FROM watch_step AS w
               WHERE w.district_id = r.district_id AND w.case_id = r.id
                 AND w.key LIKE 'confirm-late:%'
           ) AS confirmed_late,
           EXISTS (
               SELECT FROM watch_step AS w
               WHERE w.district_id = r.district_id AND w.case_id = r.id
                 AND w.key LIKE 'verify-late:%'
           ) AS verified_late
    FROM reported AS r
)
SELECT of,
       count(*) AS reported,
       count(*) FILTER (WHERE valid) AS valid,
       count(*) FILTER (WHERE filed) AS filed,
       count(*) FILTER (WHERE confirm_first AND (filed_at IS NOT NULL OR state = 'void'
           OR confirmed_late)) AS to_confirm,
       count(*) FILTER (WHERE confirm_first AND NOT confirmed_late
           AND (filed_at IS NOT NULL OR state = 'void')) AS confirmed_in_time,
       count(*) FILTER (WHERE due) AS to_handle,
       count(*) FILTER (WHERE due AND handled_at IS NOT NULL) AS handled,
       count(*) FILTER (WHERE due AND in_time) AS handled_in_time,
       count(*) FILTER (WHERE due AND handled_at IS NULL) AS overdue,
       count(*) FILTER (WHERE due AND extended) AS extended,
       count(*) FILTER (WHERE filed AND (verified_at IS NOT NULL OR verified_late)) AS to_verify,
       count(*) FILTER (WHERE filed AND verified_at IS NOT NULL AND NOT verified_late)
           AS verified_in_time,
       count(*) FILTER (WHERE due) AS to_close,
       count(*) FILTER (WHERE due AND closed_at IS NOT NULL) AS closed,
       count(*) FILTER (WHERE due AND closed_at IS NOT NULL AND in_time) AS closed_in_time,
       count(*) FILTER (WHERE due AND reworks > 0) AS reworked
FROM told
GROUP BY of
ORDER BY of
