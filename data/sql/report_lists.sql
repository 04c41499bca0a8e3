-- Imports of lists with their areas, without their rows.
SELECT l.district_id, l.id, l.area_id, a.name AS area_name, CAST(a.path AS text) AS area_path,
       l.source, l.file_name, l.state, l.done, l.total, l.orders, l.result, l.asked_by, l.asked_at,
       l.finished_at, who.display_name
FROM report_list AS l
JOIN area AS a ON a.district_id = l.district_id AND a.id = l.area_id
LEFT JOIN account AS who ON who.district_id = l.district_id AND who.id = l.asked_by
WHERE l.district_id = :district_id AND {where}
ORDER BY l.asked_at DESC, l.id
LIMIT :limit
