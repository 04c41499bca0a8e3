-- The communities below an area: what is to be divided, and the grids in force there.
SELECT community.id, community.code, community.name, community.name_en,
       coalesce((SELECT sum(b.households) FROM building AS b
                 WHERE b.district_id = community.district_id AND b.area_id = community.id), 0)
           AS households,
       count(version.id) AS grids,
       count(version.id) FILTER (WHERE version.locked) AS locked
FROM area AS chosen
JOIN area AS community
  ON community.district_id = chosen.district_id
 AND community.path <@ chosen.path
 AND community.level = 'community'
LEFT JOIN grid
  ON grid.district_id = community.district_id AND grid.community_id = community.id
LEFT JOIN grid_version AS version
  ON version.district_id = grid.district_id AND version.grid_id = grid.id
 AND version.validity @> CAST(:on AS date)
WHERE chosen.district_id = :district_id AND chosen.id = :area_id
GROUP BY community.district_id, community.id, community.code, community.name, community.name_en
ORDER BY community.code
