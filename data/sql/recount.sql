-- Counters of every grid as its ledgers tell them, beside those that are kept; only the grids
-- where the two differ. Nothing is read from `hazard_case`: its rows are derived as well.
WITH line AS (
    SELECT e.case_id, e.seq, e.state, e.facts, e.received_at
    FROM case_event AS e WHERE e.district_id = :district_id
), last AS (
    SELECT DISTINCT ON (case_id) case_id, state FROM line ORDER BY case_id, seq DESC
), placed AS (
    SELECT DISTINCT ON (case_id) case_id, CAST(facts ->> 'grid_id' AS bigint) AS grid_id
    FROM line WHERE facts ? 'grid_id' ORDER BY case_id, seq DESC
), due_by AS (
    SELECT DISTINCT ON (case_id) case_id, CAST(facts ->> 'deadline_at' AS timestamptz) AS due
    FROM line WHERE facts ? 'deadline_at' ORDER BY case_id, seq DESC
), counted AS (
    SELECT p.grid_id,
           count(*) FILTER (WHERE l.state = ANY(:open_states)) AS open,
           count(*) FILTER (WHERE l.state = ANY(:unhandled_states) AND d.due < :at) AS overdue,
           count(*) FILTER (WHERE l.state = ANY(:handled_states)) AS handled,
           count(*) FILTER (WHERE l.state = 'closed') AS closed
    FROM last AS l JOIN placed AS p USING (case_id) LEFT JOIN due_by AS d USING (case_id)
    WHERE p.grid_id IS NOT NULL
    GROUP BY p.grid_id
), kept AS (
    SELECT grid_id, open_cases AS open, overdue_cases AS overdue, handled_cases AS handled,
           closed_cases AS closed
    FROM grid_status WHERE district_id = :district_id
)
SELECT grid_id,
       coalesce(k.open, 0) AS kept_open, coalesce(c.open, 0) AS open,
       coalesce(k.overdue, 0) AS kept_overdue, coalesce(c.overdue, 0) AS overdue,
       coalesce(k.handled, 0) AS kept_handled, coalesce(c.handled, 0) AS handled,
       coalesce(k.closed, 0) AS kept_closed, coalesce(c.closed, 0) AS closed
FROM counted AS c FULL JOIN kept AS k USING (grid_id)
WHERE (coalesce(k.open, 0), coalesce(k.overdue, 0), coalesce(k.handled, 0), coalesce(k.closed, 0))
   <> (coalesce(c.open, 0), coalesce(c.overdue, 0), coalesce(c.handled, 0), coalesce(c.closed, 0))
ORDER BY grid_id
