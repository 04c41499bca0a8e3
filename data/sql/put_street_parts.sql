-- Parts of streets as they are drawn now: those known by their digest stay what they are, and one
-- that is drawn again goes on. What is drawn no more ends; `ended` and `begun` tell which.
WITH drawn AS (
    SELECT * FROM unnest(
        CAST(:digests AS bytea[]), CAST(:names AS text[]), CAST(:highways AS text[]),
        CAST(:lengths AS real[]), CAST(:shapes AS bytea[])
    ) AS n (digest, name, highway, length_m, shape)
), gone AS (
    UPDATE street_part AS p SET until = :at
    WHERE p.district_id = :district_id AND p.until IS NULL
      AND NOT EXISTS (SELECT 1 FROM drawn AS n WHERE n.digest = p.digest)
    RETURNING p.id
), begun AS (
    INSERT INTO street_part AS p (district_id, digest, name, highway, length_m, since, geom)
    SELECT :district_id, n.digest, n.name, n.highway, n.length_m, :at,
           ST_GeomFromWKB(n.shape, 4326)
    FROM drawn AS n
    ON CONFLICT (district_id, digest) DO UPDATE
    SET name = excluded.name, highway = excluded.highway, until = NULL,
        since = CASE WHEN p.until IS NULL THEN p.since ELSE excluded.since END
    WHERE p.until IS NOT NULL
       OR (p.name, p.highway) IS DISTINCT FROM (excluded.name, excluded.highway)
    RETURNING p.id, p.since
)
SELECT (SELECT coalesce(array_agg(id), '{}') FROM gone) AS ended,
       (SELECT coalesce(array_agg(id) FILTER (WHERE since = :at), '{}') FROM begun) AS begun
