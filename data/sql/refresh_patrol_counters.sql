-- Patrols of the last 30 days per grid, as days of the district. A shift that only touched a grid
-- for some seconds is no patrol of it; one without a track (nothing measured) is taken at its word.
-- Rows that already say so are left alone, so that `changed_in` moves only with a change.
WITH today AS (
    SELECT d.id AS district_id,
           CAST(CAST(:at AS timestamptz) AT TIME ZONE d.time_zone AS date) AS day
    FROM district AS d
), counted AS (
    SELECT gs.district_id, gs.grid_id,
           count(sg.shift_id) FILTER (WHERE sg.recent AND sg.patrolled) AS patrols,
           -- Rounded: the same numbers added in another order must not look like a change.
           CAST(round(CAST(coalesce(sum(sg.seconds) FILTER (WHERE sg.recent), 0) AS numeric), 1)
                AS double precision) AS seconds,
           CAST(round(CAST(coalesce(sum(sg.metres) FILTER (WHERE sg.recent), 0) AS numeric), 1)
                AS double precision) AS metres,
           max(sg.last_at) FILTER (WHERE sg.patrolled) AS last_at
    FROM grid_status AS gs
    JOIN today AS t ON t.district_id = gs.district_id
    LEFT JOIN LATERAL (
        SELECT s.shift_id, s.seconds, s.metres, s.last_at,
               s.shift_day > t.day - 30 AND s.shift_day <= t.day AS recent,
               s.seconds >= :patrol_s OR (s.points = 0 AND s.seconds = 0) AS patrolled
        FROM shift_grid AS s
        WHERE s.district_id = gs.district_id AND s.grid_id = gs.grid_id
    ) AS sg ON true
    WHERE (CAST(:district_id AS integer) IS NULL OR gs.district_id = :district_id)
      AND (CAST(:grid_ids AS bigint[]) IS NULL OR gs.grid_id = ANY(:grid_ids))
    GROUP BY gs.district_id, gs.grid_id
)
UPDATE grid_status AS gs
SET patrols_30d = n.patrols, patrol_seconds_30d = n.seconds, patrol_metres_30d = n.metres,
    last_patrol_at = n.last_at, changed_in = pg_current_xact_id()
FROM counted AS n
WHERE gs.district_id = n.district_id AND gs.grid_id = n.grid_id
  AND (gs.patrols_30d, gs.patrol_seconds_30d, gs.patrol_metres_30d, gs.last_patrol_at)
      IS DISTINCT FROM (n.patrols, n.seconds, n.metres, n.last_at)
RETURNING gs.district_id, gs.grid_id, CAST(gs.area_path AS text) AS area_path
