-- How the households of some communities were counted, and the day of the latest count of each
-- kind, in the district's time zone.
SELECT b.households_basis AS basis,
       CAST(sum(b.households) AS bigint) AS households,
       CAST(max(b.updated_at) AT TIME ZONE max(d.time_zone) AS date) AS counted_on
FROM building AS b
JOIN area AS a ON a.district_id = b.district_id AND a.id = b.area_id
JOIN district AS d ON d.id = b.district_id
WHERE b.district_id = :district_id AND a.code = ANY(:communities) AND b.households > 0
GROUP BY b.households_basis
ORDER BY households DESC, basis
