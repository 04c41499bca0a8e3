-- Areas by code; what lies in them is added up for all areas at once (`area_sums`).
WITH chosen AS MATERIALIZED (
    SELECT a.*
    FROM area AS a
    WHERE a.district_id = :district_id AND {seen}
      AND (CAST(:area_id AS bigint) IS NULL OR a.id = :area_id)
      AND (CAST(:parent_id AS bigint) IS NULL OR a.parent_id = :parent_id)
      AND (CAST(:level AS text) IS NULL OR a.level = :level)
      AND (CAST(:named AS text) IS NULL OR a.name ILIKE :named OR a.name_en ILIKE :named
           OR starts_with(a.code, CAST(:code_from AS text)))
      AND (CAST(:after_code AS text) IS NULL
           OR (a.code, a.id) > (CAST(:after_code AS text), CAST(:after_id AS bigint)))
    ORDER BY a.code, a.id
    LIMIT :limit
)
SELECT a.id, a.code, a.name, a.name_en, a.level, a.parent_id, CAST(a.path AS text) AS path,
       ST_XMin(a.geom) AS west, ST_YMin(a.geom) AS south,
       ST_XMax(a.geom) AS east, ST_YMax(a.geom) AS north,
       ST_X(centre.point) AS lon, ST_Y(centre.point) AS lat
FROM chosen AS a
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(a.geom) AS point) AS centre
ORDER BY a.code, a.id
