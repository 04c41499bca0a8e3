-- Whether somebody who did not draw a plan may approve it: an active account whose role covers
-- the plan's area on the day.
SELECT EXISTS (
    SELECT 1
    FROM assignment AS s
    JOIN account AS c ON c.district_id = s.district_id AND c.id = s.account_id AND c.active
    JOIN area AS a ON a.district_id = s.district_id AND a.id = s.area_id
    WHERE s.district_id = :district_id
      AND s.role = ANY(:roles)
      AND s.validity @> CAST(:day AS date)
      AND a.path @> CAST(:area_path AS ltree)
      AND c.id <> ALL(CAST(:drawn_by AS uuid[]))
)
