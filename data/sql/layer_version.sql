-- The version of a layer, and for grids the newest plan in force on the day: a plan published
-- ahead changes what is seen on its first day, with no write at all. Temporary grids change on
-- the first day of one and on the day after the last.
SELECT d.code AS district,
       coalesce((
           SELECT l.version FROM layer_version AS l
           WHERE l.district_id = d.id AND l.layer = :layer
       ), 0) AS version,
       CASE :layer WHEN 'grids' THEN (
           SELECT max(p.effective_on) FROM plan AS p
           WHERE p.district_id = d.id AND p.status = 'published' AND p.effective_on <= :on
       ) WHEN 'temporary' THEN (
           SELECT max(CASE WHEN upper(t.validity) <= :on THEN upper(t.validity)
                           ELSE lower(t.validity) END)
           FROM temporary_grid AS t
           WHERE t.district_id = d.id AND lower(t.validity) <= :on
       ) END AS effective_on
FROM district AS d
WHERE d.id = :district_id
