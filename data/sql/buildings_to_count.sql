-- Buildings of a district with the words that lists know them by, the community that each lies in,
-- and what households are spread by.
SELECT b.id,
       b.name,
       b.compound,
       b.address,
       b.use,
       b.levels,
       b.households,
       a.code AS area_code,
       a.name AS area_name,
       ST_Area(CAST(b.geom AS geography)) AS footprint_m2
FROM building AS b
LEFT JOIN area AS a ON a.district_id = b.district_id AND a.id = b.area_id
WHERE b.district_id = :district_id
ORDER BY b.id
