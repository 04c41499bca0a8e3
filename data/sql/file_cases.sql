-- Cases filed together. One whose id is known already is left as it is; the ids that are new come
-- back.
WITH asked AS (
    SELECT * FROM jsonb_to_recordset(CAST(:cases AS jsonb)) AS r (
        id uuid, number text, category_id bigint, severity text, state text, seq integer,
        source text, external_number text, area_path text, grid_id bigint, grid_id_filed bigint,
        lon float8, lat float8, shape text, datum_in text, accuracy_m float8, address text, reported_by uuid,
        handled_by uuid, occurred_at timestamptz, received_at timestamptz,
        deadline_at timestamptz, filed_at timestamptz, handled_at timestamptz, standing jsonb
    )
), filed AS (
    INSERT INTO hazard_case (
        district_id, id, number, category_id, severity, state, seq, source, external_number,
        area_path, grid_id, grid_id_filed, geom, shape, datum_in, accuracy_m, address, reported_by,
        handled_by, occurred_at, received_at, deadline_at, filed_at,
        handled_at, standing
    )
    SELECT :district_id, r.id, r.number, r.category_id, r.severity, r.state, r.seq, r.source,
           r.external_number, CAST(r.area_path AS ltree), r.grid_id, r.grid_id_filed,
           ST_SetSRID(ST_MakePoint(r.lon, r.lat), 4326),
           ST_GeomFromWKB(decode(r.shape, 'hex'), 4326), r.datum_in, r.accuracy_m, r.address,
           r.reported_by, r.handled_by, r.occurred_at, r.received_at, r.deadline_at,
           r.filed_at, r.handled_at, r.standing
    FROM asked AS r
    ON CONFLICT (district_id, id) DO NOTHING
    RETURNING id
)
SELECT id FROM filed
