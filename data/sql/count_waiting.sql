-- Open cases in no grid.
SELECT count(*) FROM case_in_scope AS c
WHERE {in_scope} AND c.grid_id IS NULL AND c.state = ANY(:open_states)
