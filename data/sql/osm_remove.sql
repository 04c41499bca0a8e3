-- Rows of an earlier extract that the newer one has no more.
DELETE FROM {table}
WHERE district_id = :district_id AND external_id = ANY(CAST(:external_ids AS text[]))
