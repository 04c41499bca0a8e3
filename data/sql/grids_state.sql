-- How the grids stand. The transaction counts: one that is rolled back gives its version to another.
SELECT version, CAST(CAST(xmin AS text) AS bigint) AS written_in
FROM layer_version
WHERE district_id = :district_id AND layer = 'grids'
