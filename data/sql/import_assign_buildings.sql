-- After borders changed: each building to the community that holds an inner point of it (the
-- lowest id on a border of two), or to none.
UPDATE building AS b
SET area_id = n.area_id, updated_at = :at
FROM (
    SELECT i.id, min(a.id) AS area_id
    FROM building AS i
    LEFT JOIN area AS a
        ON a.district_id = i.district_id AND a.level = 'community'
        AND ST_Intersects(a.geom, ST_PointOnSurface(i.geom))
    WHERE i.district_id = :district_id
    GROUP BY i.id
) AS n
WHERE b.district_id = :district_id AND b.id = n.id AND b.area_id IS DISTINCT FROM n.area_id
