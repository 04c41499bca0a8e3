-- Cases whose deadline has passed, counted per grid. Rows that a command is just changing are
-- skipped and found the next time: nobody waits for this and it waits for nobody.
WITH due AS (
    SELECT c.district_id, c.id
    FROM hazard_case AS c
    WHERE c.state IN ('reported', 'filed', 'dispatched', 'accepted') AND NOT c.overdue AND c.deadline_at < :at
    ORDER BY c.deadline_at
    LIMIT :batch
    FOR UPDATE SKIP LOCKED
), late AS (
    UPDATE hazard_case AS c SET overdue = true
    FROM due WHERE c.district_id = due.district_id AND c.id = due.id
    RETURNING c.district_id, c.grid_id, c.area_path
)
SELECT district_id, grid_id, CAST(area_path AS text) AS area_path, count(*) AS cases
FROM late GROUP BY district_id, grid_id, area_path ORDER BY district_id, grid_id
