-- All units of a run in one statement, column by column.
INSERT INTO hotspot_unit (district_id, run_id, unit_key, area_path, cases, expected, exposure,
                          z, p, q, verdict, trend, rate_verdict, geom)
SELECT :district_id, :run_id, u.unit_key, CAST(u.area_path AS ltree), u.cases, u.expected,
       u.exposure, u.z, u.p, u.q, u.verdict, u.trend, u.rate_verdict,
       ST_GeomFromWKB(u.shape, 4326)
FROM unnest(
    CAST(:unit_key AS text[]), CAST(:area_path AS text[]), CAST(:cases AS int[]),
    CAST(:expected AS float8[]), CAST(:exposure AS float8[]), CAST(:z AS float8[]),
    CAST(:p AS float8[]), CAST(:q AS float8[]), CAST(:verdict AS text[]),
    CAST(:trend AS text[]), CAST(:rate_verdict AS text[]), CAST(:shapes AS bytea[])
) AS u (unit_key, area_path, cases, expected, exposure, z, p, q, verdict, trend, rate_verdict,
        shape)
