-- Shifts by start, newest first. Who reads for an area sees those whose duty or track touches it;
-- an officer sees his own.
SELECT s.id, s.shift_day, s.account_id, a.display_name, s.kind, s.grid_ids, s.tracked, s.source,
       s.started_at, s.ended_at, s.points, s.seconds, s.metres, s.gap_seconds,
       s.standing_seconds, s.left_out,
       s.tracked AND (s.ended_at IS NULL OR s.match_done < s.match_asked) AS provisional
FROM shift_in_scope AS s
JOIN account AS a ON a.district_id = s.district_id AND a.id = s.account_id
WHERE s.district_id = :district_id
  AND {seen}
  AND (CAST(:id AS uuid) IS NULL OR s.id = :id)
  AND (CAST(:grid_id AS bigint) IS NULL OR s.id = ANY(ARRAY(
      -- Gathered first: few of a district's shifts touch a grid.
      SELECT h.shift_id FROM shift_grid AS h
      WHERE h.district_id = :district_id AND h.grid_id = :grid_id
      UNION
      SELECT d.id FROM shift_in_scope AS d
      WHERE d.district_id = :district_id AND d.grid_ids @> ARRAY[CAST(:grid_id AS bigint)]
  )))
  AND (CAST(:account_id AS uuid) IS NULL OR s.account_id = :account_id)
  AND (CAST(:from_day AS date) IS NULL OR s.shift_day >= :from_day)
  AND (CAST(:to_day AS date) IS NULL OR s.shift_day <= :to_day)
  AND (CAST(:after_at AS timestamptz) IS NULL OR (s.started_at, s.id) < (:after_at, :after_id))
ORDER BY s.started_at DESC, s.id DESC
LIMIT :limit
