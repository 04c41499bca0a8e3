-- Who but the officer looked at a track, the latest first.
SELECT l.account_id, a.display_name, l.day, l.times, l.last_at
FROM track_look AS l
JOIN account AS a ON a.district_id = l.district_id AND a.id = l.account_id
WHERE l.district_id = :district_id AND l.shift_day = :shift_day AND l.shift_id = :shift_id
  AND l.account_id <> :officer
ORDER BY l.last_at DESC, l.account_id
LIMIT 200
