INSERT INTO operation (district_id, account_id, id, body_digest, status, answer, received_at)
SELECT :district_id, r.account_id, r.id, decode(r.body_digest, 'hex'), r.status, r.answer,
       r.received_at
FROM json_to_recordset(CAST(:rows AS json)) AS r (
    account_id uuid, id uuid, body_digest text, status integer, answer jsonb,
    received_at timestamptz
)
