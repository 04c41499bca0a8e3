-- A tracker that may send: the day it was seen is noted once a day.
WITH known AS (
    SELECT d.district_id, d.id, d.seen_on,
           CAST(CAST(:at AS timestamptz) AT TIME ZONE w.time_zone AS date) AS day
    FROM device AS d
    JOIN district AS w ON w.id = d.district_id
    WHERE d.district_id = :district_id AND d.id = :device_id
      AND d.kind = 'tracker' AND d.revoked_at IS NULL
), noted AS (
    UPDATE device AS d SET seen_on = k.day
    FROM known AS k
    WHERE d.district_id = k.district_id AND d.id = k.id AND k.seen_on IS DISTINCT FROM k.day
)
SELECT day FROM known
