"""More of everything in the small town, so that lists can be long and short."""

import json
from uuid import UUID

import small_town
from sqlalchemy import Connection, text

from data.layers import LAYERS, touch_layer

DRAFT = 2
CASE = UUID(int=1)
SHIFT = UUID(int=2)
PHOTO = UUID("1".rjust(32, "8"))
_KEYS = {
    "at": small_town.AT,
    "path": small_town.PATHS[11],
    "draft": DRAFT,
    "case": CASE,
    "shift": SHIFT,
    "officer": small_town.account_id("officer"),
    "commander": small_town.account_id("commander"),
    "outcome": json.dumps(
        dict.fromkeys(("new", "triage", "handled", "known", "changed", "proposed", "accepted"), 0)
    ),
}
_POINT = "ST_SetSRID(ST_MakePoint(118.001 + n * 0.0007, 36.83), 4326)"
_SQUARE = f"ST_Multi(ST_Buffer({_POINT}, 0.0002, 'endcap=square'))"
# Each is carried out for n = first … last.
_ROWS = (
    "INSERT INTO category (district_id, standard, kind, code, name, name_en, severity)"
    " SELECT 1, 'G', 'matter', n, '类' || n, 'kind', 'blue'",
    "INSERT INTO unit (district_id, area_id, name) SELECT 1, 1, '单位' || n",
    "INSERT INTO account (district_id, id, login, display_name, password_hash, created_at)"
    " SELECT 1, CAST(lpad(CAST(n AS text), 32, '0') AS uuid), 'grown' || n, '员' || n, 'none', :at",
    "INSERT INTO device (district_id, id, name, kind, of_post, made_at)"
    " SELECT 1, CAST(lpad(CAST(n AS text), 32, '2') AS uuid), '手机' || n, 'phone', false, :at",
    "INSERT INTO device_holding (district_id, device_id, account_id, validity) SELECT 1,"
    " CAST(lpad(CAST(n AS text), 32, '2') AS uuid), :commander, daterange('2026-01-01', NULL)",
    "INSERT INTO session (token_digest, id, district_id, account_id, way, created_at, expires_at)"
    " SELECT convert_to('grown' || n, 'UTF8'), gen_random_uuid(), 1, :commander, 'password', :at,"
    " :at + interval '8 h'",
    "INSERT INTO account_event (district_id, account_id, action, facts, by_account, at)"
    " SELECT 1, :commander, 'card-made', '{}', :officer, :at",
    "INSERT INTO assignment (district_id, account_id, role, grid_id, validity)"
    " SELECT 1, CAST(lpad(CAST(n AS text), 32, '0') AS uuid), 'officer', 1,"
    " daterange('2026-01-01', NULL)",
    "INSERT INTO assignment (district_id, account_id, role, area_id, validity)"
    " SELECT 1, CAST(lpad(CAST(n AS text), 32, '0') AS uuid), 'handler', 11,"
    " daterange('2026-01-01', NULL)",
    "INSERT INTO area (district_id, id, parent_id, code, name, level, path, geom, updated_at)"
    " SELECT 1, 200 + n, 10, CAST(370399001200 + n AS text), '丰收' || n, 'community',"
    " CAST('370399.370399001.' || (370399001200 + n) AS ltree), " + _SQUARE + ", :at",
    "INSERT INTO building (district_id, id, external_id, area_id, name, compound, address,"
    " households, geom, updated_at) SELECT 1, 1000 + n, 'grown' || n, 11, n || '号', '丰收家园',"
    " '丰收路' || n || '号', 10, " + _SQUARE + ", :at",
    "INSERT INTO grid (district_id, id, community_id, created_at) SELECT 1, 200 + n, 11, :at",
    "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, households,"
    " buildings, area_m2, geom, label, validity) SELECT 1, 200 + n, 1, CAST(:path AS ltree),"
    " CAST(370399001001100 + n AS text), '丰收' || n, 10, 1, 1, " + _SQUARE + ", " + _POINT + ","
    " daterange('2026-01-01', NULL)",
    "INSERT INTO grid_status (district_id, grid_id, area_path)"
    " SELECT 1, 200 + n, CAST(:path AS ltree)",
    "INSERT INTO plan (district_id, id, area_id, name, status, effective_on, created_at,"
    " published_at) SELECT 1, 1000 + n, 11, '调整' || n, 'published',"
    " CAST('2026-02-01' AS date) + n, :at, :at",
    # The stripes of the draft.
    "INSERT INTO grid (district_id, id, community_id, created_at) SELECT 1, 300 + n, 11, :at",
    "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, source,"
    " area_path, grid_id, grid_id_filed, geom, datum_in, reported_by, occurred_at, received_at,"
    " deadline_at) SELECT 1, CAST(lpad(CAST(n AS text), 32, '9') AS uuid), 'G' || n,"
    " (SELECT min(id) FROM category), 'blue', 'reported', 1, 'patrol', CAST(:path AS ltree), 1, 1,"
    " " + _POINT + ", 'wgs84', :officer, :at, :at, :at",
    "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, source,"
    " area_path, reported_by, occurred_at, received_at, deadline_at) SELECT 1,"
    " CAST(lpad(CAST(n AS text), 32, '6') AS uuid), 'W' || n, (SELECT min(id) FROM category),"
    " 'blue', 'reported', 1, 'hotline', CAST(:path AS ltree), :officer, :at, :at, :at",
    "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, source,"
    " area_path, unit_id, reported_by, occurred_at, received_at, deadline_at) SELECT 1,"
    " CAST(lpad(CAST(n AS text), 32, '2') AS uuid), 'U' || n, (SELECT min(id) FROM category),"
    " 'blue', 'accepted', 1, 'hotline', CAST(:path AS ltree), (SELECT min(id) FROM unit), :officer,"
    " :at, :at, :at",
    "INSERT INTO case_candidates (district_id, case_id, score, candidates, found_at) SELECT 1,"
    " CAST(lpad(CAST(n AS text), 32, '6') AS uuid), 0.5, '[]', :at",
    "INSERT INTO report_list (district_id, id, area_id, source, file_name, state, done, total,"
    " orders, result, asked_by, asked_at) SELECT 1, CAST(lpad(CAST(n AS text), 32, '5') AS uuid),"
    " 1, 'hotline', n || '.csv', 'waiting', 0, 0, '{}',"
    " CAST(:outcome AS jsonb), :officer, :at",
    "INSERT INTO case_event (district_id, case_id, seq, action, state, actor_id, occurred_at,"
    " received_at, facts, previous, digest) SELECT 1, :case, 100 + n, 'dispatch', 'dispatched',"
    " :officer, :at, :at, '{\"unit_id\": 1}', '', ''",
    "INSERT INTO case_text (district_id, case_id, seq, body) SELECT 1, :case, 100 + n, '说明'",
    "INSERT INTO notice (district_id, key, kind, account_id, case_id, facts, made_at)"
    " SELECT 1, 'grown' || n, 'overdue', :commander, :case, '{}', :at",
    "INSERT INTO saved_filter (district_id, account_id, position, name, asked, sort, columns,"
    " changed_at) SELECT 1, :commander, n, '筛选' || n, '{\"days\": 7}', 'deadline',"
    " '[\"number\"]', :at",
    "INSERT INTO notice_channel (district_id, id, area_id, account_id, name, via, sealed, shown,"
    " language, active, since) SELECT 1, 1000 + n, 1, :commander, '群' || n, 'webhook', '', '',"
    " 'zh-CN', true, :at",
    "INSERT INTO notice_delivery (district_id, channel_id, notice_id, kind, made_at, state,"
    " attempts, next_at, fault, tried_at) SELECT 1, 1000 + n, (SELECT max(id) FROM notice),"
    " 'overdue', :at, 'failed', 9, :at, 'timeout', :at",
    "INSERT INTO watch_step (district_id, case_id, key, done_at)"
    " SELECT 1, :case, 'grown' || n, :at",
    "INSERT INTO photo (district_id, id, case_id, seq, role, key, sha256, media_type, size_bytes,"
    " width_px, height_px, added_by, received_at) SELECT 1,"
    " CAST(lpad(CAST(n AS text), 32, '8') AS uuid), :case, 1, 'before', 'k', '', 'image/jpeg', 1,"
    " 1, 1, :officer, :at",
    "INSERT INTO sound (district_id, id, case_id, seq, key, sha256, media_type, size_bytes,"
    " added_by, received_at) SELECT 1, CAST(lpad(CAST(n AS text), 32, '8') AS uuid), :case, 1,"
    " 'k', '', 'audio/webm', 1, :officer, :at",
    "INSERT INTO case_paper (district_id, id, case_id, kind, year, serial, number, unit_id, key,"
    " sha256, size_bytes, issued_by, issued_at) SELECT 1,"
    " CAST(lpad(CAST(n AS text), 32, '3') AS uuid), :case, 'assignment', 2026, n, '交办' || n,"
    " (SELECT min(id) FROM unit), 'k', '', 1, :officer, :at",
    "INSERT INTO export_log (district_id, id, account_id, area_path, at, format, columns, asked,"
    " rows, capped, purpose, name, key, size_bytes, sha256) SELECT 1,"
    " CAST(lpad(CAST(n AS text), 32, '4') AS uuid), :officer, CAST(:path AS ltree), :at, 'csv',"
    " '[]', '{}', 1, false, '用途', 'n', 'k', 1, ''",
    "INSERT INTO photo_upload (district_id, id, case_id, account_id, role, size_bytes, sha256,"
    " begun_at) SELECT 1, CAST(lpad(CAST(n AS text), 32, '8') AS uuid), :case, :officer, 'before',"
    " 1, '', :at",
    "INSERT INTO photo_redaction (district_id, photo_id, seq, case_id, polygons, reason,"
    " before_sha256, after_sha256, account_id, at) SELECT 1, CAST(lpad('1', 32, '8') AS uuid), n,"
    " :case, '[]', 'face', '', '', :officer, :at",
    "INSERT INTO shift (district_id, shift_day, id, account_id, kind, grid_ids, tracked, source,"
    " started_at, received_at) SELECT 1, '2026-11-19', CAST(lpad(CAST(n AS text), 32, '7') AS"
    " uuid), :officer, 'patrol', '{1,2}', true, 'phone', :at, :at",
    "INSERT INTO shift_grid (district_id, shift_day, shift_id, grid_id, points, seconds, metres,"
    " last_at) SELECT 1, '2026-11-19', :shift, 200 + n, 1, 60, 60, :at",
    "INSERT INTO street_part (district_id, id, digest, highway, length_m, since, geom)"
    " SELECT 1, 1000 + n, decode(lpad(CAST(n AS text), 8, '0'), 'hex'), 'residential', 90, :at,"
    " ST_SetSRID(ST_MakeLine(ST_MakePoint(118.001, 36.83), ST_MakePoint(118.002, 36.83)), 4326)",
    "INSERT INTO street_part_grid (district_id, grid_id, part_id) SELECT 1, 1, 1000 + n",
    "INSERT INTO street_walk (district_id, shift_day, shift_id, part_id, how, share, walked_at)"
    " SELECT 1, '2026-11-19', :shift, 1000 + n, 'track', 1, :at",
    "INSERT INTO checkpoint (district_id, id, grid_id, code, name, geom, made_by, made_at)"
    " SELECT 1, CAST(lpad(CAST(n AS text), 32, '0') AS uuid), 1, 'C' || n, '卡口' || n, "
    + _POINT
    + ", :officer, :at",
    "INSERT INTO round_plan (district_id, id, grid_id, every_days, weekdays, from_minute,"
    " to_minute, starts_on, made_by, made_at) SELECT 1, CAST(lpad(CAST(n AS text), 32, '0') AS"
    " uuid), 1, 1, 0, 480, 1080, '2026-11-01', :officer, :at",
    "INSERT INTO planned_round (district_id, id, plan_id, grid_id, day, starts_at, ends_at)"
    " SELECT 1, CAST(lpad(CAST(n AS text), 32, '0') AS uuid), CAST(lpad(CAST(n AS text), 32, '0')"
    " AS uuid), 1, '2026-11-20', :at, :at + interval '8 h'",
    "INSERT INTO track_point (district_id, shift_day, shift_id, seq, occurred_at, received_at,"
    " geom, accuracy_m) SELECT 1, '2026-11-19', :shift, n, :at + n * interval '10 s', :at, "
    + _POINT
    + ", 5",
    "INSERT INTO temporary_grid (district_id, area_path, name, kind, reason, validity,"
    " officer_ids, geom, created_by, created_at) SELECT 1, CAST(:path AS ltree), '大集' || n,"
    " 'market', 'r', daterange('2026-11-01', '2026-12-01'), ARRAY[CAST(:officer AS uuid)], "
    + _SQUARE
    + ", :officer, :at",
    "INSERT INTO routing_rule (district_id, position, name, codes, area_id, unit_id, changed_by,"
    " changed_at) SELECT 1, n, '规则' || n, ARRAY[CAST(n AS text)], 11, (SELECT min(id) FROM unit),"
    " :officer, :at",
    "INSERT INTO rota_entry (district_id, unit_id, starts_at, ends_at, turn, post, desk_number,"
    " changed_by, changed_at) SELECT 1, (SELECT u.id FROM unit AS u WHERE u.name = '单位' || n),"
    " :at, :at + interval '8 h', 1, '岗' || n, '2680110', :officer, :at",
    "INSERT INTO case_route (district_id, case_id, rule_id, rule_name, queue, why, routed_at)"
    " SELECT 1, CAST(lpad(CAST(n AS text), 32, '9') AS uuid), n, '规则' || n, '无主' || n, '{}',"
    " :at",
    "INSERT INTO duty_alert (district_id, case_id, charged_seq, turn, unit_id, who, post,"
    " desk_number, at) SELECT 1, :case, 1, n, (SELECT min(id) FROM unit), n, '岗', '1', :at",
    "INSERT INTO duty_call (district_id, id, case_id, post, outcome, said, promised_by, called_at,"
    " logged_by, logged_at) SELECT 1, CAST(lpad(CAST(n AS text), 32, '4') AS uuid), :case, '岗',"
    " 'reached', '马上到', :at, :at, :officer, :at",
    "INSERT INTO handover (district_id, id, area_id, area_path, starts_at, ends_at, notes, page,"
    " digest, signed_by, signed_at) SELECT 1, CAST(lpad(CAST(n AS text), 32, '3') AS uuid), 11,"
    " CAST(:path AS ltree), :at - interval '8 h', :at, '', '{}', '', :officer, :at",
    "INSERT INTO hotspot_run (district_id, id, unit, period_from, period_to, cases, settings,"
    " computed_at) SELECT 1, 100 + n, 'grid', CAST('2026-01-01' AS date), CAST('2026-02-01' AS"
    " date) + n, 1, '{}', :at",
    "INSERT INTO plan_step (district_id, plan_id, seq, action, status, actor_id, at)"
    " SELECT 1, :draft, n, 'edit', 'draft', :officer, :at",
)
# Once, after the first rows.
_READ = (
    "INSERT INTO notice_read (district_id, notice_id, account_id, read_at)"
    " SELECT 1, max(id), :commander, :at FROM notice"
)
# Once, before the rows.
_FIRST = (
    "INSERT INTO plan (district_id, id, area_id, name, created_at) VALUES (1, :draft, 11, '调整',"
    " :at)",
    "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, source,"
    " area_path, grid_id, grid_id_filed, geom, datum_in, reported_by, occurred_at, received_at,"
    " deadline_at) VALUES (1, :case, 'first', (SELECT min(id) FROM category), 'blue', 'reported',"
    " 1, 'patrol', CAST(:path AS ltree), 1, 1, ST_SetSRID(ST_MakePoint(118.001, 36.83), 4326),"
    " 'wgs84', :officer, :at, :at, :at)",
    "INSERT INTO shift (district_id, shift_day, id, account_id, kind, grid_ids, tracked, source,"
    " started_at, received_at) VALUES (1, '2026-11-19', :shift, :officer, 'patrol', '{1,2}', true,"
    " 'phone', :at, :at)",
    "INSERT INTO case_watch (district_id, case_id, seq) VALUES (1, :case, 1)",
)
_STRIPES = (
    "DELETE FROM grid_version WHERE plan_id = :draft",
    # As many stripes from west to east as there are rows.
    "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, households,"
    " buildings, area_m2, geom, label) SELECT 1, 300 + n, :draft, CAST(:path AS ltree),"
    " CAST(370399001001500 + n AS text), '条' || n, 10, 1, 1, ST_Multi(box), ST_Centroid(box)"
    " FROM generate_series(1, :last) AS n, LATERAL (SELECT ST_MakeEnvelope(118 + 0.02 * (n - 1) /"
    " :last, 36.82, 118 + 0.02 * n / :last, 36.84, 4326) AS box) AS stripe",
    # The newest run of hotspots has as many units.
    "INSERT INTO hotspot_unit (district_id, run_id, unit_key, area_path, cases, expected, z, p, q,"
    " verdict, geom) SELECT 1, 100 + :last, 200 + n, CAST(:path AS ltree), 1, 1, 1, 1, 1, 'more',"
    " ST_MakeEnvelope(118, 36.82, 118.001, 36.83, 4326) FROM generate_series(1, :last) AS n",
)


def grow(connection: Connection, first: int, last: int) -> None:
    """Add rows number `first` to `last` to every list; all that went before must be there."""
    values = {**_KEYS, "first": first, "last": last}
    if first == 1:
        connection.execute(text("SELECT make_track_week('2026-11-19')"))
        for statement in _FIRST:
            connection.execute(text(statement), values)
    for statement in _ROWS:
        rows = f"{statement} FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n"
        connection.execute(text(rows), values)
    if first == 1:
        connection.execute(text(_READ), values)
    for statement in _STRIPES:
        connection.execute(text(statement), values)
    # As publications and imports do, so that nobody answers with what he remembers.
    for layer in LAYERS:
        touch_layer(connection, small_town.DISTRICT, layer, small_town.AT)
