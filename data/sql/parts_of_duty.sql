-- Those of some parts of streets that lie in one of some grids.
SELECT DISTINCT g.part_id
FROM street_part_grid AS g
WHERE g.district_id = :district_id AND g.grid_id = ANY(CAST(:grid_ids AS bigint[]))
  AND g.part_id = ANY(CAST(:parts AS bigint[]))
