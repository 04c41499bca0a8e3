-- How much is open, and what came in and was struck off since a moment; each by an index of its own.
SELECT (SELECT count(*) FROM case_in_scope AS c WHERE {seen} AND c.state = ANY(:open)) AS open,
       (SELECT count(*) FROM case_in_scope AS c WHERE {seen} AND c.overdue) AS overdue,
       (SELECT count(*) FROM case_in_scope AS c
        WHERE {seen} AND c.received_at >= :since) AS incoming,
       (SELECT count(*) FROM case_in_scope AS c
        WHERE {seen} AND c.closed_at >= :since AND c.state = 'closed') AS closed
