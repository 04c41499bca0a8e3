-- Cases whose next moment has come, and those that changed after a snapshot was taken: two indexes
-- tell, whatever else there is. `oldest` is the snapshot's: it narrows the index.
SELECT w.case_id AS id
FROM case_watch AS w
WHERE w.district_id = :district_id AND w.next_at <= :at
UNION
SELECT c.id
FROM hazard_case AS c
WHERE c.district_id = :district_id
  AND c.changed_in >= CAST(:oldest AS xid8)
  AND NOT pg_visible_in_snapshot(c.changed_in, CAST(:known AS pg_snapshot))
ORDER BY 1
