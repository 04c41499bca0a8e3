-- Where cases may lie whose addresses were not certain.
INSERT INTO case_candidates (district_id, case_id, score, candidates, found_at)
SELECT :district_id, r.case_id, r.score, r.candidates, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    case_id uuid, score float8, candidates jsonb
)
ON CONFLICT (district_id, case_id) DO UPDATE
SET score = excluded.score, candidates = excluded.candidates, found_at = excluded.found_at
