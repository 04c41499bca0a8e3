-- All open cases at which the watch has to look: those it has never seen, those whose ledger has
-- grown since, and those whose next moment has come. Anti-joined at once, not case by case in the
-- order of a key: of 100,000 open cases hardly any is ever due.
SELECT c.id
FROM hazard_case AS c
WHERE c.district_id = :district_id
  AND c.state NOT IN ('closed', 'void')
  AND (c.id, c.seq) NOT IN (
      SELECT w.case_id, w.seq FROM case_watch AS w
      WHERE w.district_id = :district_id AND (w.next_at > :at OR w.next_at IS NULL)
  )
ORDER BY c.id
