-- How the grids stand, and so they do until this transaction ends.
SELECT version, CAST(CAST(xmin AS text) AS bigint) AS written_in
FROM layer_version
WHERE district_id = :district_id AND layer = 'grids'
FOR SHARE
