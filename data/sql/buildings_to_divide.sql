-- Buildings that touch an area; one on its border counts where its inner point lies.
SELECT building.id,
       building.external_id,
       building.name,
       building.households,
       building.units,
       ST_AsBinary(building.geom) AS geometry
FROM area
JOIN building
  ON building.district_id = area.district_id
 AND building.geom && area.geom
 AND ST_Intersects(area.geom, building.geom)
WHERE area.district_id = :district_id AND area.id = :area_id
ORDER BY building.id
