-- Households of buildings by id; rows that are the same already stay untouched and are not returned.
UPDATE building AS b
SET households = n.households, households_basis = :basis, updated_at = :at
FROM unnest(CAST(:id AS bigint[]), CAST(:households AS integer[])) AS n (id, households)
WHERE b.district_id = :district_id AND b.id = n.id
  AND (b.households, b.households_basis) IS DISTINCT FROM (n.households, CAST(:basis AS text))
RETURNING b.id
