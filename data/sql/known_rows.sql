-- Rows of a list that are cases already, with how far these are.
SELECT r.key, r.case_id, r.digests, c.number, c.state, c.seq, c.grid_id, c.unit_id, c.reported_by,
       CAST(c.area_path AS text) AS area_path
FROM report_row AS r
JOIN hazard_case AS c ON c.district_id = r.district_id AND c.id = r.case_id
WHERE r.district_id = :district_id AND r.source = :source AND r.key = ANY(CAST(:keys AS text[]))
