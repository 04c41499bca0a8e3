-- Which parts of streets belong to which grids, as they are in force now.
WITH said AS (
    SELECT * FROM unnest(CAST(:grids AS bigint[]), CAST(:parts AS bigint[])) AS n (grid_id, part_id)
), gone AS (
    DELETE FROM street_part_grid AS g
    WHERE g.district_id = :district_id
      AND NOT EXISTS (
          SELECT 1 FROM said AS n WHERE n.grid_id = g.grid_id AND n.part_id = g.part_id
      )
)
INSERT INTO street_part_grid (district_id, grid_id, part_id)
SELECT :district_id, n.grid_id, n.part_id FROM said AS n
ON CONFLICT DO NOTHING
