-- Lines of cases' ledgers, in the order of their cases.
INSERT INTO case_event (
    district_id, case_id, seq, action, state, actor_id, occurred_at, received_at, facts, previous,
    digest
)
SELECT :district_id, r.case_id, r.seq, r.action, r.state, r.actor_id, r.occurred_at, r.received_at,
       r.facts, decode(r.previous, 'hex'), decode(r.digest, 'hex')
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (
    case_id uuid, seq integer, action text, state text, actor_id uuid, occurred_at timestamptz,
    received_at timestamptz, facts jsonb, previous text, digest text
)
