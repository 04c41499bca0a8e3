-- Offices whose tickets are cases here: how many are open, to be answered, answered and settled.
WITH tickets AS (
    SELECT coalesce(r.source, c.source) AS source, c.state, t.told_at, t.outcome
    FROM case_in_scope AS c
    LEFT JOIN report_row AS r ON r.district_id = c.district_id AND r.case_id = c.id
    LEFT JOIN LATERAL (
        SELECT max(o.seq) AS seq FROM case_event AS o
        WHERE o.district_id = c.district_id AND o.case_id = c.id
          AND o.action IN ('close', 'rectify', 'void', 'reject', 'merge')
    ) AS e ON c.state IN ('closed', 'void')
    LEFT JOIN ticket_reply AS t
      ON t.district_id = c.district_id AND t.case_id = c.id AND t.seq = e.seq
    WHERE {where} AND c.external_number IS NOT NULL
)
SELECT source,
       count(*) FILTER (WHERE state NOT IN ('closed', 'void')) AS open,
       count(*) FILTER (WHERE state IN ('closed', 'void') AND told_at IS NULL) AS waiting,
       count(*) FILTER (WHERE told_at IS NOT NULL AND outcome IS NULL) AS told,
       count(*) FILTER (WHERE outcome = 'accepted') AS accepted,
       count(*) FILTER (WHERE outcome = 'refused') AS refused
FROM tickets
GROUP BY source
ORDER BY source
LIMIT 200
