-- Always in the same order, so that two who lock many never wait for each other.
SELECT * FROM shift
WHERE district_id = :district_id AND id = ANY(CAST(:ids AS uuid[]))
ORDER BY id
FOR UPDATE
