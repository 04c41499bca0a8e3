-- Where the rules sent cases, or at least whose the things are: one row a case, the first remains.
INSERT INTO case_route
    (district_id, case_id, owner, rule_id, rule_name, unit_id, queue, why, routed_at)
SELECT :district_id, r.case_id, r.owner, r.rule_id, r.rule_name, r.unit_id, r.queue, r.why, :at
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
    case_id uuid, owner text, rule_id bigint, rule_name text, unit_id bigint, queue text, why jsonb)
ON CONFLICT DO NOTHING
