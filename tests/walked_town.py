"""One of everything in three places, for walks over who may see it.

In the street of the small town where everybody who walks is at work (`OWN`), in its other street
(`STREET`), and in another district (`DISTRICT`). Ids of a place end in its number.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import small_town
from sqlalchemy import Connection, text

from data.accounts import open_session
from data.categories import create_unit, seed_categories
from data.layers import LAYERS, touch_layer
from data.schema.accounts import ROLES


@dataclass(frozen=True)
class Place:
    """Where one of everything lies."""

    number: int
    district: int
    street: int
    community: int
    grid: int
    path: str
    lon: float

    def uuid(self, kind: int) -> UUID:
        """The id of the place's only thing of a kind."""
        return UUID(int=kind * 1000 + self.number)

    def id(self, kind: int) -> int:
        """The number of the place's only thing of a kind."""
        return kind * 1000 + self.number


OWN = Place(1, 1, 10, 11, 1, small_town.PATHS[11], 118.005)
STREET = Place(2, 1, 20, 21, 5, small_town.PATHS[21], 118.025)
DISTRICT = Place(3, 2, 9030, 9031, 9001, "370499.370499001.370499001001", 119.005)
PLACES = (OWN, STREET, DISTRICT)
CASE, SHIFT, PHOTO, LIST, PAPER, BACKDROP, ACCOUNT, UPLOAD, EXPORT = range(1, 10)
DEVICE, SESSION, CHECKPOINT, ROUND = range(10, 14)
PLAN, TEMPORARY, LAYER, BUILDING, UNIT, NOTICE, ENTRY, FILTER, PART = range(1, 10)

# Another district: an area tree, a grid in force, somebody at work and a building.
_OTHER_DISTRICT = (
    "INSERT INTO district (id, code, name, created_at) VALUES (2, '370499', '邻区', :at)",
    *(
        "INSERT INTO area (district_id, id, parent_id, code, name, level, path, geom, updated_at)"
        f" VALUES (2, {area}, {parent}, '{path.split('.')[-1]}', '{name}', '{level}', '{path}',"
        f" '{small_town.ewkt((119.0, 36.82, 119.02, 36.84))}', :at)"
        for area, parent, path, name, level in (
            (9001, "NULL", "370499", "邻区", "district"),
            (9030, "9001", "370499.370499001", "邻街街道", "street"),
            (9031, "9030", DISTRICT.path, "邻里社区", "community"),
        )
    ),
    "INSERT INTO plan (district_id, id, area_id, name, status, effective_on, created_at,"
    " published_at) VALUES (2, 9001, 9001, '首次划分', 'published', '2026-01-01', :at, :at)",
    "INSERT INTO grid (district_id, id, community_id, created_at) VALUES (2, 9001, 9031, :at)",
    "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, households,"
    " buildings, area_m2, geom, label, validity) VALUES (2, 9001, 9001,"
    " CAST('370499.370499001.370499001001' AS ltree), '370499001001001', '邻里第一网格', 300, 1,"
    f" 1980000, '{small_town.ewkt((119.0, 36.82, 119.02, 36.84))}',"
    " 'SRID=4326;POINT(119.01 36.83)', daterange('2026-01-01', NULL))",
    "INSERT INTO grid_status (district_id, grid_id, area_path)"
    " VALUES (2, 9001, CAST('370499.370499001.370499001001' AS ltree))",
)
_CASE_COLUMNS = (
    "INSERT INTO hazard_case (district_id, id, number, category_id, severity, state, seq, source,"
    " area_path, grid_id, grid_id_filed, geom, datum_in, reported_by, occurred_at, received_at,"
    " deadline_at) SELECT :district, :case, 'W' || :number, (SELECT min(id) FROM category WHERE"
    " district_id = :district), 'blue', 'reported', 1, 'patrol', CAST(:path AS ltree), :grid,"
    " :grid, ST_SetSRID(ST_MakePoint(:lon, 36.83), 4326), 'wgs84', :account, :at, :at, :at"
)
_THINGS = (
    "INSERT INTO unit (district_id, id, area_id, name)"
    " VALUES (:district, :unit, :community, '那里的单位' || :number)",
    "INSERT INTO account (district_id, id, login, display_name, password_hash, created_at)"
    " VALUES (:district, :account, 'there' || :number, '那里的人' || :number, 'none', :at)",
    "INSERT INTO assignment (district_id, account_id, role, grid_id, validity)"
    " VALUES (:district, :account, 'officer', :grid, daterange('2026-01-01', NULL))",
    _CASE_COLUMNS,
    "INSERT INTO case_event (district_id, case_id, seq, action, state, actor_id, occurred_at,"
    " received_at, facts, previous, digest) VALUES (:district, :case, 1, 'report', 'reported',"
    " :account, :at, :at, '{}', '', '')",
    "INSERT INTO case_text (district_id, case_id, seq, body) VALUES (:district, :case, 1, '说明')",
    "INSERT INTO case_candidates (district_id, case_id, score, candidates, found_at)"
    " VALUES (:district, :case, 0.5, '[]', :at)",
    "INSERT INTO photo (district_id, id, case_id, seq, role, key, sha256, media_type, size_bytes,"
    " width_px, height_px, added_by, received_at) VALUES (:district, :photo, :case, 1, 'before',"
    " 'k', '', 'image/jpeg', 1, 1, 1, :account, :at)",
    "INSERT INTO sound (district_id, id, case_id, seq, key, sha256, media_type, size_bytes,"
    " added_by, received_at) VALUES (:district, :photo, :case, 1, 'k', '', 'audio/webm', 1,"
    " :account, :at)",
    "INSERT INTO shift (district_id, shift_day, id, account_id, kind, grid_ids, tracked, source,"
    " started_at, received_at) VALUES (:district, '2026-11-19', :shift, :account, 'patrol',"
    " ARRAY[CAST(:grid AS bigint)], true, 'phone', :at, :at)",
    "INSERT INTO shift_grid (district_id, shift_day, shift_id, grid_id, points, seconds, metres,"
    " last_at) VALUES (:district, '2026-11-19', :shift, :grid, 1, 60, 60, :at)",
    "INSERT INTO track_point (district_id, shift_day, shift_id, seq, occurred_at, received_at,"
    " geom, accuracy_m) VALUES (:district, '2026-11-19', :shift, 1, :at, :at,"
    " ST_SetSRID(ST_MakePoint(:lon, 36.83), 4326), 5)",
    "INSERT INTO street_part (district_id, id, digest, highway, length_m, since, geom)"
    " VALUES (:district, :street_part, convert_to('p' || :number, 'UTF8'),"
    " 'residential', 90, :at, ST_SetSRID(ST_MakeLine(ST_MakePoint(:lon, 36.83),"
    " ST_MakePoint(:lon + 0.001, 36.83)), 4326))",
    "INSERT INTO street_part_grid (district_id, grid_id, part_id)"
    " VALUES (:district, :grid, :street_part)",
    "INSERT INTO street_walk (district_id, shift_day, shift_id, part_id, how, share, walked_at)"
    " VALUES (:district, '2026-11-19', :shift, :street_part, 'track', 1, :at)",
    "INSERT INTO shift_gap (district_id, shift_day, shift_id, from_at, to_at, reason, said_at)"
    " VALUES (:district, '2026-11-19', :shift, :at, CAST(:at AS timestamptz) + interval '9 min',"
    " '进楼', :at)",
    "INSERT INTO track_look (district_id, shift_day, shift_id, account_id, day, times, first_at,"
    " last_at) VALUES (:district, '2026-11-19', :shift, :account, '2026-11-20', 1, :at, :at)",
    "INSERT INTO checkpoint (district_id, id, grid_id, code, name, geom, made_by, made_at)"
    " VALUES (:district, :checkpoint, :grid, 'C' || :number, '卡口' || :number,"
    " ST_SetSRID(ST_MakePoint(:lon, 36.83), 4326), :account, :at)",
    "INSERT INTO round_plan (district_id, id, grid_id, every_days, weekdays, from_minute,"
    " to_minute, starts_on, made_by, made_at)"
    " VALUES (:district, :round, :grid, 1, 0, 480, 1080, '2026-11-01', :account, :at)",
    "INSERT INTO planned_round (district_id, id, plan_id, grid_id, day, starts_at, ends_at)"
    " VALUES (:district, :round, :round, :grid, '2026-11-19', :at,"
    " CAST(:at AS timestamptz) + interval '8 h')",
    "INSERT INTO operation (district_id, account_id, id, body_digest, status, answer, received_at)"
    " VALUES (:district, :account, :case, '', 200, '{}', :at)",
    "INSERT INTO post_handover (district_id, id, account_id, stand_in_id, validity, reason, posts,"
    " made_by, made_at) VALUES (:district, :case, :account, :account, '[2026-01-01,2026-02-01)',"
    " '', 1, :account, :at)",
    "INSERT INTO plan (district_id, id, area_id, name, created_by, created_at)"
    " VALUES (:district, :plan, :community, '调整' || :number, :account, :at)",
    "INSERT INTO plan_step (district_id, plan_id, seq, action, status, actor_id, at)"
    " VALUES (:district, :plan, 1, 'edit', 'draft', :account, :at)",
    "INSERT INTO plan_edit (district_id, plan_id, seq, kind, asked, before, after, edited_at)"
    " VALUES (:district, :plan, 1, 'rename', '{}', '[]', '[]', :at)",
    "INSERT INTO plan_signature (district_id, id, plan_id, area_id, revision, name, key, sha256,"
    " media_type, size_bytes, added_by, received_at) VALUES (:district, :paper, :plan, :community,"
    " 0, '签字页', 'k', '', 'application/pdf', 1, :account, :at)",
    "INSERT INTO plan_backdrop (district_id, id, plan_id, kind, name, source_key, size_bytes,"
    " picture_key, width_px, height_px, added_by, received_at) VALUES (:district, :backdrop,"
    " :plan, 'scan', '底图', 'k', 1, 'p', 1, 1, :account, :at)",
    "INSERT INTO plan_report (district_id, plan_id, state, asked_at)"
    " VALUES (:district, :plan, 'waiting', :at)",
    "INSERT INTO plan_layer (district_id, id, area_id, role, name, shapes, features, added_by,"
    " added_at) VALUES (:district, :layer, :community, 'barriers', '围墙' || :number, 0, '{}',"
    " :account, :at)",
    "INSERT INTO report_list (district_id, id, area_id, source, file_name, state, done, total,"
    " orders, result, asked_by, asked_at) VALUES (:district, :list, :community, 'hotline',"
    " :number || '.csv', 'done', 0, 0, '{}', '{\"new\": 0, \"triage\": 0, \"handled\": 0,"
    ' "known": 0, "changed": 0, "proposed": 0, "accepted": 0}\', :account, :at)',
    "INSERT INTO report_row (district_id, source, key, case_id, digests, read_at)"
    " VALUES (:district, 'hotline', 'K' || :number, :case, '{}', :at)",
    "INSERT INTO photo_upload (district_id, id, case_id, account_id, role, size_bytes, sha256,"
    " begun_at) VALUES (:district, :upload, :case, :account, 'before', 1, '', :at)",
    "INSERT INTO photo_redaction (district_id, photo_id, seq, case_id, polygons, reason,"
    " before_sha256, after_sha256, account_id, at) VALUES (:district, :photo, 1, :case, '[]',"
    " 'face', '', '', :account, :at)",
    "INSERT INTO notice (district_id, id, key, kind, account_id, case_id, facts, made_at)"
    " VALUES (:district, :notice, 'n' || :number, 'overdue', :account, :case, '{}', :at)",
    "INSERT INTO saved_filter (district_id, id, account_id, position, name, asked, sort, columns,"
    " changed_at) VALUES (:district, :filter, :account, 1, '筛选' || :number, '{}', 'deadline',"
    " '[]', :at)",
    "INSERT INTO notice_read (district_id, notice_id, account_id, read_at)"
    " VALUES (:district, :notice, :account, :at)",
    "INSERT INTO notice_channel (district_id, id, area_id, unit_id, name, via, sealed, shown,"
    " language, active, since) VALUES (:district, :notice, :community, :unit, 'c', 'webhook', '',"
    " '', 'zh-CN', true, :at)",
    "INSERT INTO notice_delivery (district_id, channel_id, notice_id, kind, made_at, state,"
    " attempts, next_at) VALUES (:district, :notice, :notice, 'overdue', :at, 'waiting', 0, :at)",
    "INSERT INTO ticket_reply (district_id, case_id, seq, source, state, told_at, times)"
    " VALUES (:district, :case, 1, '12345', 'closed', :at, 1)",
    "INSERT INTO case_watch (district_id, case_id, seq) VALUES (:district, :case, 1)",
    "INSERT INTO watch_step (district_id, case_id, key, done_at)"
    " VALUES (:district, :case, 'half', :at)",
    "INSERT INTO case_route (district_id, case_id, queue, why, routed_at)"
    " VALUES (:district, :case, '无主', '{}', :at)",
    "INSERT INTO export_log (district_id, id, account_id, area_path, at, format, columns, asked,"
    " rows, capped, purpose, name, key, size_bytes, sha256) VALUES (:district, :export, :account,"
    " CAST(:path AS ltree), :at, 'csv', '[]', '{}', 1, false, 'p', 'a.csv', 'k', 1, '')",
    "INSERT INTO case_paper (district_id, id, case_id, kind, year, serial, number, unit_id, key,"
    " sha256, size_bytes, issued_by, issued_at) VALUES (:district, :paper, :case, 'assignment',"
    " 2025, CAST(:number AS int), '交办' || :number, :unit, 'k', '', 1, :account, :at)",
    "INSERT INTO rota_entry (district_id, id, unit_id, starts_at, ends_at, turn, account_id,"
    " changed_by, changed_at) VALUES (:district, :entry, :unit, :at, CAST(:at AS timestamptz)"
    " + interval '8 h', 1, :account, :account, :at)",
    "INSERT INTO duty_alert (district_id, case_id, charged_seq, turn, unit_id, who, at)"
    " VALUES (:district, :case, 1, 1, :unit, 'nobody', :at)",
    "INSERT INTO duty_call (district_id, id, case_id, post, outcome, said, called_at, logged_by,"
    " logged_at) VALUES (:district, :case, :case, '值班', 'reached', '说明', :at, :account, :at)",
    "INSERT INTO handover (district_id, id, area_id, area_path, starts_at, ends_at, notes, page,"
    " digest, signed_by, signed_at) VALUES (:district, :case, :community, CAST(:path AS ltree),"
    " CAST(:at AS timestamptz) - interval '8 h', :at, '', CAST(:page AS jsonb), '', :account, :at)",
    "INSERT INTO device (district_id, id, name, kind, of_post, made_at)"
    " VALUES (:district, :device, '手机' || :number, 'phone', true, :at)",
    "INSERT INTO device_holding (district_id, device_id, account_id, validity)"
    " VALUES (:district, :device, :account, daterange('2026-01-01', NULL))",
    "INSERT INTO device_token (digest, district_id, device_id, account_id, made_at)"
    " VALUES (convert_to('t' || :number, 'UTF8'), :district, :device, :account, :at)",
    "INSERT INTO tracker_discard (district_id, account_id, device_id, day, off_duty, far_away,"
    " unreadable) VALUES (:district, :account, :device, '2026-11-20', 1, 0, 0)",
    "INSERT INTO session (token_digest, id, district_id, account_id, way, created_at, expires_at)"
    " VALUES (convert_to('s' || :number, 'UTF8'), :session, :district, :account, 'password', :at,"
    " CAST(:at AS timestamptz) + interval '8 h')",
    "INSERT INTO second_factor (district_id, account_id, secret, made_at)"
    " VALUES (:district, :account, '', :at)",
    "INSERT INTO recovery_code (district_id, digest, account_id)"
    " VALUES (:district, convert_to('r' || :number, 'UTF8'), :account)",
    "INSERT INTO account_event (district_id, account_id, action, facts, by_account, at)"
    " VALUES (:district, :account, 'card-made', '{}', :account, :at)",
    "INSERT INTO temporary_grid (district_id, id, area_path, name, kind, reason, validity, geom,"
    " created_by, created_at) VALUES (:district, :temporary, CAST(:path AS ltree),"
    " '大集' || :number, 'market', 'r', daterange('2026-11-01', '2026-12-01'),"
    " ST_Multi(ST_MakeEnvelope(:lon - 0.001, 36.829, :lon + 0.001, 36.831, 4326)), :account, :at)",
    "INSERT INTO building (district_id, id, external_id, area_id, name, households, geom,"
    " updated_at) VALUES (:district, :building, 'walked' || :number, :community, '楼' || :number,"
    " 10, ST_Multi(ST_MakeEnvelope(:lon - 0.0001, 36.8299, :lon + 0.0001, 36.8301, 4326)), :at)",
)
# A page of duty on which nothing stands.
_PAGE = json.dumps(
    {
        "area": {"id": 1, "name": ""},
        "since": small_town.AT.isoformat(),
        "as_of": small_town.AT.isoformat(),
        "counts": {"open": 0, "overdue": 0, "incoming": 0, "closed": 0},
        "urgent": [],
        "incoming": [],
        "promises": [],
    }
)
# What a district knows as a whole.
_OF_DISTRICT = (
    "INSERT INTO report_layout (district_id, shape, layout, used_at)"
    " VALUES (:district, 's', '{}', :at)",
    "INSERT INTO report_word (district_id, field, word, meaning, said_at)"
    " VALUES (:district, 'state', '完成', 'closed', :at)",
)


def build(connection: Connection) -> None:
    """Fill an empty database: the small town, the other district, and the walkers."""
    small_town.build(connection)
    at = {"at": small_town.AT}
    for statement in _OTHER_DISTRICT:
        connection.execute(text(statement), at)
    connection.execute(text("SELECT make_track_week('2026-11-19')"))
    for layer in LAYERS:
        touch_layer(connection, 2, layer, small_town.AT)
    for district in (1, 2):
        seed_categories(connection, district)
        for statement in _OF_DISTRICT:
            connection.execute(text(statement), {"district": district, **at})
    for place in PLACES:
        for statement in _THINGS:
            connection.execute(text(statement), values_of(place))
    unit = create_unit(connection, 1, 10, "西街环卫", None)
    for role in ROLES:
        _walker(connection, role, unit)


def values_of(place: Place) -> dict[str, Any]:
    """Values of the parameters that the statements name."""
    return {
        "district": place.district,
        "number": str(place.number),
        "community": place.community,
        "grid": place.grid,
        "path": place.path,
        "lon": place.lon,
        "at": small_town.AT,
        "page": _PAGE,
        "case": place.uuid(CASE),
        "shift": place.uuid(SHIFT),
        "photo": place.uuid(PHOTO),
        "list": place.uuid(LIST),
        "paper": place.uuid(PAPER),
        "backdrop": place.uuid(BACKDROP),
        "account": place.uuid(ACCOUNT),
        "plan": place.id(PLAN),
        "temporary": place.id(TEMPORARY),
        "layer": place.id(LAYER),
        "street_part": place.id(PART),
        "checkpoint": place.uuid(CHECKPOINT),
        "round": place.uuid(ROUND),
        "building": place.id(BUILDING),
        "unit": place.id(UNIT),
        "notice": place.id(NOTICE),
        "filter": place.id(FILTER),
        "entry": place.id(ENTRY),
        "upload": place.uuid(UPLOAD),
        "export": place.uuid(EXPORT),
        "device": place.uuid(DEVICE),
        "session": place.uuid(SESSION),
    }


def walker_id(role: str) -> UUID:
    """The id of who walks with a role."""
    return small_town.account_id(f"walker.{role}")


def sign_in(connection: Connection, role: str) -> str:
    """Open a session of a walker; its token."""
    return open_session(connection, 1, walker_id(role), small_town.AT, 12)


def _walker(connection: Connection, role: str, unit: int) -> None:
    """Somebody with this role in the street; an officer on its first grid."""
    connection.execute(
        text(
            "INSERT INTO account (district_id, id, login, display_name, password_hash, unit_id,"
            " created_at) VALUES (1, :id, :login, :login, 'none', :unit, :at)"
        ),
        {
            "id": walker_id(role),
            "login": f"walker.{role}",
            "unit": unit if role == "handler" else None,
            "at": small_town.AT,
        },
    )
    area, grid = (None, OWN.grid) if role == "officer" else (OWN.street, None)
    connection.execute(
        text(
            "INSERT INTO assignment (district_id, account_id, role, area_id, grid_id, validity)"
            " VALUES (1, :id, :role, :area, :grid, daterange('2026-01-01', NULL))"
        ),
        {"id": walker_id(role), "role": role, "area": area, "grid": grid},
    )
