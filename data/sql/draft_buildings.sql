-- Buildings of the communities that a draft divides (or of some of them): one that straddles a
-- border is there for both, and is counted where its inner point lies.
SELECT building.id, building.households, building.units, building.name, building.compound,
       ST_AsBinary(building.geom) AS geometry
FROM building
WHERE building.district_id = :district_id
  AND EXISTS (
      SELECT 1 FROM area AS community
      WHERE community.district_id = :district_id AND community.level = 'community'
        AND community.id = ANY(:communities)
        AND building.geom && community.geom AND ST_Intersects(building.geom, community.geom)
  )
ORDER BY building.id
