-- Cases that changed after a snapshot was taken, oldest change first. `before` is every place and
-- unit that the ledger has ever named: whoever saw the case there and does not now is told that
-- it is gone. `oldest` is that of the snapshot: it narrows the index, the snapshot decides.
SELECT CAST(c.id AS text) AS id, ST_X(c.geom) AS lon, ST_Y(c.geom) AS lat, c.state, c.severity,
       c.overdue, c.category_id, CAST(c.area_path AS text) AS area_path, c.grid_id, c.unit_id,
       c.reported_by, coalesce(ledger.before, CAST('[]' AS jsonb)) AS before
FROM hazard_case AS c
CROSS JOIN LATERAL (
    SELECT jsonb_agg(DISTINCT jsonb_build_array(
               e.facts -> 'area_path', e.facts -> 'grid_id', e.facts -> 'unit_id'
           )) AS before
    FROM case_event AS e
    WHERE e.district_id = c.district_id AND e.case_id = c.id
      AND (e.facts ? 'area_path' OR e.facts ? 'unit_id')
) AS ledger
WHERE c.district_id = :district_id
  AND c.changed_in >= CAST(:oldest AS xid8)
  AND NOT pg_visible_in_snapshot(c.changed_in, CAST(:known AS pg_snapshot))
ORDER BY c.changed_in, c.id
LIMIT :limit
