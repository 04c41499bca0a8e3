-- Rows of a list, from now on known by their keys; of one that is known, what it says now.
INSERT INTO report_row AS known (
    district_id, source, key, case_id, reporter_unit, digests, read_at
)
SELECT :district_id, :source, r.key, r.case_id, r.reporter_unit, r.digests, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    key text, case_id uuid, reporter_unit text, digests jsonb
)
ON CONFLICT (district_id, source, key) DO UPDATE
SET reporter_unit = excluded.reporter_unit, digests = excluded.digests, read_at = excluded.read_at
