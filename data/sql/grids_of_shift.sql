SELECT h.grid_id, v.code, v.name, h.seconds, h.metres, h.points
FROM shift_grid AS h
LEFT JOIN grid_version AS v
  ON v.district_id = h.district_id AND v.grid_id = h.grid_id AND v.validity @> h.shift_day
WHERE h.district_id = :district_id AND h.shift_day = :shift_day AND h.shift_id = :shift_id
ORDER BY h.grid_id
