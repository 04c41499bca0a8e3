-- All that a district's calendar is made of, in one row: its zone, its hours, the years that were
-- entered, and the days in them that are not what their weekday says.
SELECT d.time_zone,
       (SELECT array_agg(ARRAY[h.opens, h.closes] ORDER BY h.opens)
        FROM work_hours AS h WHERE h.district_id = d.id) AS hours,
       (SELECT array_agg(y.year ORDER BY y.year)
        FROM calendar_year AS y WHERE y.district_id = d.id) AS years,
       (SELECT array_agg(c.day ORDER BY c.day)
        FROM calendar_day AS c WHERE c.district_id = d.id AND c.worked) AS worked,
       (SELECT array_agg(c.day ORDER BY c.day)
        FROM calendar_day AS c WHERE c.district_id = d.id AND NOT c.worked) AS free
FROM district AS d
WHERE d.id = :district_id
