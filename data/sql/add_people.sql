-- Accounts of a list, in one statement: row-level security plans each one anew. One whose login
-- somebody has meanwhile is left out, which the caller finds by the count.
INSERT INTO account (district_id, id, login, display_name, password_hash, unit_id, must_change,
                     created_at)
SELECT :district_id, n.id, n.login, n.name, :hash, n.unit_id, true, :at
FROM unnest(CAST(:ids AS uuid[]), CAST(:logins AS text[]), CAST(:names AS text[]),
            CAST(:units AS bigint[])) AS n (id, login, name, unit_id)
ON CONFLICT (login) DO NOTHING
