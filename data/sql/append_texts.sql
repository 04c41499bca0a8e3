-- Free texts of cases, each beside the line of the ledger that holds its salted digest.
INSERT INTO case_text (district_id, case_id, seq, body, salt)
SELECT :district_id, r.case_id, r.seq, r.body, decode(r.salt, 'hex')
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (case_id uuid, seq integer, body text, salt text)
