-- Cases of another office's tickets that are over, with what there is to answer: the line that
-- ended each, what was said to whoever reported it or else by whoever put it right, photos of
-- after, and whether this end was told already.
SELECT c.id, c.external_number, c.number, c.state, c.handled_at, c.closed_at, c.seq AS case_seq,
       k.name AS category_name, u.name AS unit_name, m.external_number AS merged_number,
       e.seq, e.received_at AS ended_at, w.body, p.photos, t.told_at, t.outcome
FROM case_in_scope AS c
JOIN category AS k ON k.district_id = c.district_id AND k.id = c.category_id
LEFT JOIN report_row AS r ON r.district_id = c.district_id AND r.case_id = c.id
LEFT JOIN unit AS u ON u.district_id = c.district_id AND u.id = c.unit_id
LEFT JOIN case_in_scope AS m ON m.district_id = c.district_id AND m.id = c.merged_into
JOIN LATERAL (
    SELECT o.seq, o.received_at FROM case_event AS o
    WHERE o.district_id = c.district_id AND o.case_id = c.id
      AND o.action IN ('close', 'rectify', 'void', 'reject', 'merge')
    ORDER BY o.seq DESC LIMIT 1
) AS e ON true
LEFT JOIN LATERAL (
    SELECT x.body FROM case_event AS o
    JOIN case_text AS x
      ON x.district_id = o.district_id AND x.case_id = o.case_id AND x.seq = o.seq
    WHERE o.district_id = c.district_id AND o.case_id = c.id AND x.body IS NOT NULL
      AND (o.action IN ('answer', 'handle', 'rectify')
           OR c.state = 'void' AND o.action IN ('void', 'reject', 'merge'))
    ORDER BY o.action = 'answer' DESC, o.seq DESC LIMIT 1
) AS w ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS photos FROM photo AS o
    WHERE o.district_id = c.district_id AND o.case_id = c.id AND o.role = 'after'
) AS p ON true
LEFT JOIN ticket_reply AS t ON t.district_id = c.district_id AND t.case_id = c.id AND t.seq = e.seq
WHERE {where} AND c.external_number IS NOT NULL
  AND coalesce(r.source, c.source) = :source
  AND CASE WHEN CAST(:numbers AS text[]) IS NULL
      THEN c.state IN ('closed', 'void') AND (:again OR t.told_at IS NULL)
      -- What an office says to an answer may come when the case has moved on.
      ELSE t.told_at IS NOT NULL AND c.external_number = ANY(:numbers) END
ORDER BY e.received_at, c.id
LIMIT :limit
