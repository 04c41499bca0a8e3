"""Lay the first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

from data.schema.base import Ltree, Xid8

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


NUMBERS = "CREATE SEQUENCE case_number"

# Whoever connects, even as the owner: a line of a ledger is never changed.
APPEND_ONLY = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'restrict_violation';
END $$
"""
APPEND_ONLY_TRIGGER = """
CREATE TRIGGER case_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_event
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

# The run-time role owns nothing and so cannot add partitions; this one thing it may ask for.
TRACK_WEEK = """
CREATE FUNCTION make_track_week(of_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    monday date := date_trunc('week', of_day)::date;
    name text := 'track_point_' || to_char(of_day, 'IYYY"w"IW');
BEGIN
    IF to_regclass(name) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE IF NOT EXISTS %I PARTITION OF track_point FOR VALUES FROM (%L) TO (%L)',
            name, monday, monday + 7);
        EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I USING gist (geom)',
            name || '_geom_idx', name);
        -- Without a policy of its own a partition shows nothing but through `track_point`.
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    END IF;
EXCEPTION WHEN duplicate_table THEN
    NULL; -- another transaction made it meanwhile
END $$
"""
TRACK_WEEK_RIGHTS = "REVOKE ALL ON FUNCTION make_track_week(date) FROM PUBLIC"
# Weeks that began before a day go whole: what was in them is nowhere any more.
TRACK_WEEKS_GO = """
CREATE FUNCTION drop_track_weeks(before date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '10s' AS $$
DECLARE
    name text;
    gone integer := 0;
BEGIN
    FOR name IN
        SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'track_point'::regclass
          AND to_date(substring(c.relname FROM '[0-9]{4}w[0-9]{2}$'), 'IYYY"w"IW') < before
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE %I', name);
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END $$
"""
TRACK_WEEKS_GO_RIGHTS = "REVOKE ALL ON FUNCTION drop_track_weeks(date) FROM PUBLIC"


# Row-level security (see data/rights.py): what a transaction may touch is said in settings of its
# own. They are read in subqueries, once a statement and not for each row. A CASE is one condition
# to the planner, of which it expects half the rows, whatever is in it.
GUARD = """
CASE (SELECT current_setting('sanbai.rights', true))
WHEN 'all' THEN true
WHEN 'district' THEN
    district_id = (SELECT CAST(current_setting('sanbai.district', true) AS integer))
WHEN 'scope' THEN
    district_id = (SELECT CAST(current_setting('sanbai.district', true) AS integer)) AND ({seen})
ELSE false END
"""
CASE_SEEN = """
    area_path <@ (SELECT CAST(current_setting('sanbai.case_paths', true) AS ltree[]))
    OR grid_id = ANY(CAST(
        (SELECT CAST(current_setting('sanbai.case_grids', true) AS bigint[])) AS bigint[]))
    OR unit_id = (SELECT CAST(nullif(current_setting('sanbai.unit', true), '') AS bigint))
    OR called_units @> ARRAY[
        (SELECT CAST(nullif(current_setting('sanbai.unit', true), '') AS bigint))]
    OR reported_by = (SELECT CAST(current_setting('sanbai.account', true) AS uuid))
"""
SHIFT_SEEN = """
    account_id = (SELECT CAST(current_setting('sanbai.account', true) AS uuid))
    OR EXISTS (
        SELECT 1 FROM grid AS g
        JOIN area AS a ON a.district_id = g.district_id AND a.id = g.community_id
        WHERE g.district_id = shift.district_id AND g.id = ANY(shift.grid_ids)
          AND a.path <@ (SELECT CAST(current_setting('sanbai.track_paths', true) AS ltree[])))
"""
NOTICE_READ_SEEN = "account_id = (SELECT CAST(current_setting('sanbai.account', true) AS uuid))"
NOTICE_SEEN = f"""
    {NOTICE_READ_SEEN}
    OR unit_id = (SELECT CAST(nullif(current_setting('sanbai.unit', true), '') AS bigint))
"""
# The view runs as its owner, to whom no policy applies: its condition is one like any other.
VIEW = "CREATE VIEW {view} AS SELECT * FROM {table} WHERE {guard}"
POLICY = "CREATE POLICY {table}_guard ON {table} USING ({guard})"
OF_CASE = (
    "EXISTS (SELECT 1 FROM case_in_scope AS c"
    " WHERE c.district_id = {table}.district_id AND c.id = {table}.case_id)"
)
OF_SHIFT = (
    "EXISTS (SELECT 1 FROM shift_in_scope AS s"
    " WHERE s.district_id = {table}.district_id AND s.shift_day = {table}.shift_day"
    " AND s.id = {table}.shift_id)"
)
HANDOVER_SEEN = "area_path <@ (SELECT CAST(current_setting('sanbai.case_paths', true) AS ltree[]))"
EXPORT_SEEN = (
    HANDOVER_SEEN
    + " OR account_id = (SELECT CAST(current_setting('sanbai.account', true) AS uuid))"
)
# Names of colleagues stand beside what they did, wherever in the district that was.
ACCOUNT_SEEN = "true"
# Posts show in the streets one works in, and above them; with one post all posts of its holder, so
# that nobody seems to have fewer grids than he has.
POST_NEAR = """
    EXISTS (
        SELECT 1 FROM assignment AS s
        LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
        JOIN area AS a ON a.district_id = s.district_id
            AND a.id = coalesce(s.area_id, g.community_id)
        WHERE s.district_id = account.district_id AND s.account_id = account.id
          AND (a.path <@ (SELECT CAST(current_setting('sanbai.post_paths', true) AS ltree[]))
               OR a.path @> (SELECT CAST(current_setting('sanbai.post_paths', true) AS ltree[]))))
"""
# A policy may not ask its own table: the view asks it as its owner, and tells who has a post near.
ACCOUNT_NEAR = (
    "CREATE VIEW account_near AS SELECT district_id, id AS account_id FROM account WHERE {guard}"
)
OWN = "account_id = (SELECT CAST(current_setting('sanbai.account', true) AS uuid))"
HOLDER_NEAR = (
    "EXISTS (SELECT 1 FROM account_near AS n"
    " WHERE n.district_id = {table}.district_id AND n.account_id = {table}.account_id)"
)
POST_SEEN = f"{OWN} OR {HOLDER_NEAR}"
HELD_DEVICE = """
    EXISTS (SELECT 1 FROM device_holding AS h
            WHERE h.district_id = device.district_id AND h.device_id = device.id)
"""
OF_AREA = """
    EXISTS (
        SELECT 1 FROM area AS a WHERE a.district_id = {table}.district_id AND a.id = {table}.area_id
          AND a.path <@ (SELECT CAST(current_setting('sanbai.{paths}', true) AS ltree[])))
"""
DRAWN_AREA = OF_AREA.replace("{paths}", "plan_paths")
LISTED_AREA = OF_AREA.replace("{paths}", "list_paths")
WATCHED_AREA = OF_AREA.replace("{paths}", "case_paths")
OF_CHANNEL = (
    "EXISTS (SELECT 1 FROM notice_channel AS c"
    " WHERE c.district_id = {table}.district_id AND c.id = {table}.channel_id)"
)
# What is published shapes the map of everybody.
PLAN_SEEN = f"status = 'published' OR {DRAWN_AREA}"
OF_PLAN = """
    EXISTS (
        SELECT 1 FROM plan AS p JOIN area AS a ON a.district_id = p.district_id AND a.id = p.area_id
        WHERE p.district_id = {table}.district_id AND p.id = {table}.plan_id
          AND a.path <@ (SELECT CAST(current_setting('sanbai.plan_paths', true) AS ltree[])))
"""
OF_GRID = """
    grid_id = ANY(CAST(
        (SELECT CAST(current_setting('sanbai.case_grids', true) AS bigint[])) AS bigint[]))
    OR EXISTS (
        SELECT 1 FROM grid AS g JOIN area AS a
            ON a.district_id = g.district_id AND a.id = g.community_id
        WHERE g.district_id = {table}.district_id AND g.id = {table}.grid_id
          AND a.path <@ (SELECT CAST(current_setting('sanbai.case_paths', true) AS ltree[])))
"""
# That a place was visited is no secret in its district; who went there is.
STREET_VISIT = """
CREATE VIEW street_visit AS
SELECT district_id, part_id, shift_day, how, share, walked_at FROM street_walk WHERE {guard}
"""
GRID_VISIT = """
CREATE VIEW grid_visit AS
SELECT district_id, grid_id, shift_day, points, seconds, metres, last_at, EXISTS (
    SELECT 1 FROM shift AS s JOIN hazard_case AS c
        ON c.district_id = s.district_id AND c.reported_by = s.account_id
        AND c.occurred_at BETWEEN s.started_at AND coalesce(s.ended_at, s.started_at + '1 day')
    WHERE s.district_id = shift_grid.district_id AND s.shift_day = shift_grid.shift_day
      AND s.id = shift_grid.shift_id AND c.grid_id_filed = shift_grid.grid_id
      AND c.received_at >= s.started_at
) AS found
FROM shift_grid WHERE {guard}
"""
TAKES_LISTS = "(SELECT current_setting('sanbai.list_paths', true)) <> '{{}}'"
PLAN_PARTS = ("plan_step", "plan_edit", "plan_signature", "plan_backdrop", "plan_report")
GUARDED = (
    ("hazard_case", CASE_SEEN, "case_in_scope"),
    ("shift", SHIFT_SEEN, "shift_in_scope"),
    ("handover", HANDOVER_SEEN, None),
    ("export_log", EXPORT_SEEN, None),
    *((table, OF_CASE, None) for table in ("case_route", "duty_alert", "duty_call")),
    *((table, OF_CASE, None) for table in ("case_event", "case_text", "case_candidates", "photo")),
    ("sound", OF_CASE, None),
    *((table, OF_CASE, None) for table in ("photo_upload", "photo_redaction", "case_paper")),
    *((table, OF_SHIFT, None) for table in ("shift_grid", "track_point", "street_walk")),
    *((table, OF_SHIFT, None) for table in ("shift_gap", "track_look")),
    ("tracker_discard", OWN, None),
    *((table, OF_GRID, None) for table in ("checkpoint", "round_plan", "planned_round")),
    ("notice", NOTICE_SEEN, None),
    ("saved_filter", NOTICE_SEEN, None),
    ("notice_read", NOTICE_READ_SEEN, None),
    ("notice_channel", WATCHED_AREA, None),
    ("notice_delivery", OF_CHANNEL, None),
    ("ticket_reply", OF_CASE, None),
    *((table, OF_CASE, None) for table in ("case_watch", "watch_step")),
    ("account", ACCOUNT_SEEN, None),
    ("device", HELD_DEVICE, None),
    *((table, OWN, None) for table in ("device_holding", "account_event")),
    *((table, OWN, None) for table in ("second_factor", "recovery_code")),
    ("assignment", POST_SEEN, None),
    ("operation", OWN, None),
    ("post_handover", POST_SEEN, None),
    ("plan", PLAN_SEEN, None),
    *((table, OF_PLAN, None) for table in PLAN_PARTS),
    ("plan_layer", DRAWN_AREA, None),
    ("report_list", LISTED_AREA, None),
    ("report_row", OF_CASE, None),
    *((table, TAKES_LISTS, None) for table in ("report_layout", "report_word")),
)

# Before anybody is known there are no rights: who he is these tell to the one who has his token,
# or is about to check the password of a login.
SIGNED_IN = """
CREATE FUNCTION signed_in(digests bytea[], at timestamptz)
RETURNS TABLE (
    token_digest bytea, district_id integer, id uuid, login text, display_name text, unit_id bigint,
    must_change boolean, role text, area_id bigint, grid_id bigint, area_path text,
    area_code text, area_name text, grid_code text, grid_name text,
    device_id uuid, device_kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.token_digest, c.district_id, c.id, c.login, c.display_name, c.unit_id,
           c.must_change, s.role, s.area_id, s.grid_id, CAST(a.path AS text), a.code, a.name,
           v.code, v.name, o.device_id, o.device_kind
    FROM (
        SELECT token_digest, district_id, account_id, CAST(NULL AS uuid) AS device_id,
               CAST(NULL AS text) AS device_kind
        FROM session WHERE token_digest = ANY($1) AND expires_at > $2
        UNION ALL
        -- A tracker knows no holder: it goes on for whoever has it. With others one signs in anew.
        SELECT t.digest, t.district_id, h.account_id, e.id, e.kind
        FROM device_token AS t
        JOIN device AS e ON e.district_id = t.district_id AND e.id = t.device_id
            AND e.revoked_at IS NULL
        JOIN district AS w ON w.id = t.district_id
        JOIN device_holding AS h ON h.district_id = t.district_id AND h.device_id = t.device_id
            AND h.validity @> CAST($2 AT TIME ZONE w.time_zone AS date)
            AND (h.account_id = t.account_id OR e.kind = 'tracker')
        WHERE t.digest = ANY($1) AND (t.good_until IS NULL OR t.good_until > $2)
    ) AS o
    JOIN account AS c ON c.district_id = o.district_id AND c.id = o.account_id AND c.active
    JOIN district AS d ON d.id = c.district_id
    CROSS JOIN LATERAL (
        SELECT CAST($2 AT TIME ZONE d.time_zone AS date) AS day
    ) AS today
    LEFT JOIN assignment AS s ON s.district_id = c.district_id AND s.account_id = c.id
        AND s.validity @> today.day
    LEFT JOIN grid AS g ON g.district_id = s.district_id AND g.id = s.grid_id
    LEFT JOIN area AS a ON a.district_id = s.district_id
        AND a.id = coalesce(s.area_id, g.community_id)
    LEFT JOIN grid_version AS v ON v.district_id = s.district_id AND v.grid_id = s.grid_id
        AND v.validity @> today.day
    ORDER BY s.id
$$
"""
ACCOUNT_TO_CHECK = """
CREATE FUNCTION account_to_check(login text)
RETURNS TABLE (district_id integer, id uuid, password_hash text, must_change boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.district_id, c.id, c.password_hash, c.must_change
    FROM account AS c WHERE c.login = $1 AND c.active
$$
"""
BEFORE_RIGHTS = (SIGNED_IN, ACCOUNT_TO_CHECK)
BEFORE_RIGHTS_RIGHTS = (
    "REVOKE ALL ON FUNCTION signed_in(bytea[], timestamptz) FROM PUBLIC",
    "REVOKE ALL ON FUNCTION account_to_check(text) FROM PUBLIC",
)


def guard_rows() -> None:
    """Enable row-level security on what may be seen by some and not by others."""
    op.execute(ACCOUNT_NEAR.format(guard=GUARD.format(seen=POST_NEAR)))
    for table, seen, view in GUARDED:
        guard = GUARD.format(seen=seen.format(table=table))
        if view is not None:
            op.execute(VIEW.format(view=view, table=table, guard=guard))
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(POLICY.format(table=table, guard=guard))
    for view in (STREET_VISIT, GRID_VISIT):
        op.execute(view.format(guard=GUARD.format(seen="true")))


def lay_deadlines() -> None:
    """Lay the tables of working days, limits, the watch and its notices."""
    op.create_table(
        "calendar_year",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("year BETWEEN 2000 AND 2199", name=op.f("calendar_year_year_check")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("calendar_year_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "year", name=op.f("calendar_year_pkey")),
    )
    op.create_table(
        "calendar_day",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("worked", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.CheckConstraint("year = EXTRACT(year FROM day)", name=op.f("calendar_day_year_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "year"],
            ["calendar_year.district_id", "calendar_year.year"],
            name=op.f("calendar_day_district_id_year_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("calendar_day_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "day", name=op.f("calendar_day_pkey")),
    )
    op.create_table(
        "work_hours",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("work_hours_hours_check")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("work_hours_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "opens", name=op.f("work_hours_pkey")),
    )
    op.create_table(
        "time_limit",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "clock IN ('continuous', 'working-hours', 'working-days')",
            name=op.f("time_limit_clock_check"),
        ),
        sa.CheckConstraint(
            "severity IN ('red', 'yellow', 'blue')", name=op.f("time_limit_severity_check")
        ),
        sa.CheckConstraint(
            "step IN ('confirm', 'accept', 'handle', 'verify',"
            " 'grid', 'community', 'zone', 'street')",
            name=op.f("time_limit_step_check"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("time_limit_amount_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "category_id"],
            ["category.district_id", "category.id"],
            name=op.f("time_limit_district_id_category_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("time_limit_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("time_limit_pkey")),
        sa.UniqueConstraint(
            "district_id",
            "step",
            "category_id",
            "severity",
            name=op.f("time_limit_district_id_step_category_id_severity_key"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "case_watch",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("case_watch_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("case_watch_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", name=op.f("case_watch_pkey")),
    )
    op.create_index("case_watch_next_idx", "case_watch", ["district_id", "next_at"], unique=False)
    op.create_table(
        "watch_step",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("watch_step_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("watch_step_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "key", name=op.f("watch_step_pkey")),
    )
    op.create_table(
        "notice",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(account_id, unit_id) = 1", name=op.f("notice_addressee_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("notice_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("notice_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("notice_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("notice_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("notice_pkey")),
        sa.UniqueConstraint("district_id", "key", name=op.f("notice_district_id_key_key")),
    )
    op.create_index(
        "notice_account_idx", "notice", ["district_id", "account_id", "id"], unique=False
    )
    op.create_index("notice_case_idx", "notice", ["district_id", "case_id"], unique=False)
    op.create_index("notice_made_idx", "notice", ["district_id", "made_at"], unique=False)
    op.create_index("notice_unit_idx", "notice", ["district_id", "unit_id", "id"], unique=False)
    op.create_table(
        "notice_read",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("notice_read_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "notice_id"],
            ["notice.district_id", "notice.id"],
            name=op.f("notice_read_district_id_notice_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("notice_read_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "notice_id", "account_id", name=op.f("notice_read_pkey")
        ),
    )


# Whoever changes a case and however: the stamp says in which transaction.
STAMP = """
CREATE FUNCTION stamp_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id();
    RETURN NEW;
END $$
"""
STAMP_TRIGGER = """
CREATE TRIGGER hazard_case_stamp BEFORE UPDATE ON hazard_case
FOR EACH ROW EXECUTE FUNCTION stamp_change()
"""

# Tells every web process, once the writer has committed, that there is something to read. What it
# is they read themselves: a notice is no news, and any number in a transaction is one.
TELL = """
CREATE FUNCTION tell_live() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('sanbai_live', TG_ARGV[0]);
    RETURN NULL;
END $$
"""
TELL_TRIGGERS = tuple(
    f"CREATE TRIGGER {table}_tell AFTER {when} ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION tell_live('{what}')"
    for table, when, what in (
        ("grid_status", "INSERT OR UPDATE", "work"),
        ("hazard_case", "INSERT OR UPDATE", "work"),
        ("layer_version", "INSERT OR UPDATE", "work"),
        ("session", "DELETE", "rights"),
        ("device", "UPDATE OF revoked_at", "rights"),
        ("device_holding", "INSERT OR UPDATE OR DELETE", "rights"),
        ("account", "UPDATE", "rights"),
        ("assignment", "INSERT OR UPDATE OR DELETE", "rights"),
    )
)


# Signed once: only the acknowledgement is added, once, and nothing goes.
HANDOVER_KEPT = """
CREATE FUNCTION keep_handover() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.acknowledged_at IS NOT NULL
        OR to_jsonb(NEW) - ARRAY['acknowledged_by', 'acknowledged_at', 'remarks']
            <> to_jsonb(OLD) - ARRAY['acknowledged_by', 'acknowledged_at', 'remarks']
    THEN
        RAISE EXCEPTION 'a signed hand-over is kept as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
HANDOVER_KEPT_TRIGGER = """
CREATE TRIGGER handover_kept BEFORE UPDATE OR DELETE ON handover
FOR EACH ROW EXECUTE FUNCTION keep_handover()
"""


def lay_duty_tables() -> None:
    """Rules that route, the rota, alerts, calls and hand-overs."""
    op.create_table(
        "routing_rule",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("severities", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "severities <@ ARRAY['red', 'yellow', 'blue']",
            name=op.f("routing_rule_severities_check"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(unit_id, queue) = 1", name=op.f("routing_rule_target_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("routing_rule_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("routing_rule_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("routing_rule_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("routing_rule_pkey")),
        sa.UniqueConstraint(
            "district_id",
            "position",
            deferrable=True,
            initially="DEFERRED",
            name=op.f("routing_rule_district_id_position_key"),
        ),
    )
    op.create_table(
        "case_route",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("rule_id", sa.BigInteger(), nullable=True),
        sa.Column("rule_name", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("why", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("routed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("case_route_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("case_route_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("case_route_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", name=op.f("case_route_pkey")),
    )
    op.create_index(
        "case_route_queue_idx",
        "case_route",
        ["district_id", "queue", "routed_at"],
        unique=False,
        postgresql_where=sa.text("queue IS NOT NULL"),
    )
    op.create_index(
        "case_route_rule_idx", "case_route", ["district_id", "rule_id", "routed_at"], unique=False
    )
    op.create_table(
        "duty_setting",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("dispatched", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("urgent", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("patience_minutes", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "dispatched <@ ARRAY['red', 'yellow', 'blue']",
            name=op.f("duty_setting_dispatched_check"),
        ),
        sa.CheckConstraint(
            "urgent <@ ARRAY['red', 'yellow', 'blue']", name=op.f("duty_setting_urgent_check")
        ),
        sa.CheckConstraint(
            "patience_minutes BETWEEN 1 AND 240", name=op.f("duty_setting_patience_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("duty_setting_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", name=op.f("duty_setting_pkey")),
    )
    op.create_table(
        "rota_entry",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("desk_number", sa.Text(), nullable=True),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("district_id"), "="),
            (sa.column("unit_id"), "="),
            (sa.column("turn"), "="),
            (sa.text("tstzrange(starts_at, ends_at)"), "&&"),
            using="gist",
            name="rota_entry_turn_excl",
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("rota_entry_order_check")),
        sa.CheckConstraint("num_nonnulls(account_id, post) = 1", name=op.f("rota_entry_who_check")),
        sa.CheckConstraint(
            "post IS NULL OR desk_number IS NOT NULL", name=op.f("rota_entry_desk_number_check")
        ),
        sa.CheckConstraint("turn BETWEEN 1 AND 9", name=op.f("rota_entry_turn_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("rota_entry_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("rota_entry_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("rota_entry_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("rota_entry_pkey")),
    )
    op.create_index("rota_entry_ends_idx", "rota_entry", ["district_id", "ends_at"], unique=False)
    op.create_table(
        "duty_alert",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("charged_seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("turn", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("post", sa.Text(), nullable=True),
        sa.Column("desk_number", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("duty_alert_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("duty_alert_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("duty_alert_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "case_id", "charged_seq", "turn", name=op.f("duty_alert_pkey")
        ),
        sa.UniqueConstraint(
            "district_id",
            "case_id",
            "charged_seq",
            "who",
            name=op.f("duty_alert_district_id_case_id_charged_seq_who_key"),
        ),
    )
    op.create_table(
        "duty_call",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("desk_number", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("promised_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("logged_by", sa.Uuid(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('reached', 'no-answer', 'engaged')", name=op.f("duty_call_outcome_check")
        ),
        sa.CheckConstraint(
            "promised_by IS NULL OR outcome = 'reached'", name=op.f("duty_call_promise_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("duty_call_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("duty_call_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("duty_call_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("duty_call_pkey")),
    )
    op.create_index(
        "duty_call_case_idx", "duty_call", ["district_id", "case_id", "called_at"], unique=False
    )
    op.create_index(
        "duty_call_promise_idx",
        "duty_call",
        ["district_id", "promised_by"],
        unique=False,
        postgresql_where=sa.text("promised_by IS NOT NULL AND settled_at IS NULL"),
    )
    op.create_table(
        "handover",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("page", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remarks", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(acknowledged_by IS NULL) = (acknowledged_at IS NULL)",
            name=op.f("handover_acknowledged_check"),
        ),
        sa.CheckConstraint("acknowledged_by <> signed_by", name=op.f("handover_two_check")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("handover_order_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("handover_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("handover_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("handover_pkey")),
    )
    op.create_index(
        "handover_signed_idx", "handover", ["district_id", "signed_at", "id"], unique=False
    )
    op.execute(HANDOVER_KEPT)
    op.execute(HANDOVER_KEPT_TRIGGER)


def lay_messages() -> None:
    """Lay the tables of what leaves the system: channels of notices, answers to hotlines."""
    op.create_table(
        "notice_channel",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("kinds", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_to", sa.Time(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(account_id, unit_id) = 1", name=op.f("notice_channel_addressee_check")
        ),
        sa.CheckConstraint(
            "via IN ('wecom', 'dingtalk', 'feishu', 'mail', 'webhook')",
            name=op.f("notice_channel_via_check"),
        ),
        sa.CheckConstraint(
            "language IN ('zh-CN', 'en')", name=op.f("notice_channel_language_check")
        ),
        sa.CheckConstraint(
            "num_nonnulls(quiet_from, quiet_to) IN (0, 2)", name=op.f("notice_channel_quiet_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("notice_channel_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("notice_channel_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("notice_channel_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("notice_channel_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("notice_channel_pkey")),
    )
    op.create_index(
        "notice_channel_area_idx", "notice_channel", ["district_id", "area_id"], unique=False
    )
    op.create_table(
        "notice_delivery",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("notice_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'failed', 'stale')",
            name=op.f("notice_delivery_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "channel_id"],
            ["notice_channel.district_id", "notice_channel.id"],
            name=op.f("notice_delivery_district_id_channel_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "notice_id"],
            ["notice.district_id", "notice.id"],
            name=op.f("notice_delivery_district_id_notice_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("notice_delivery_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "channel_id", "notice_id", name=op.f("notice_delivery_pkey")
        ),
    )
    op.create_index(
        "notice_delivery_waiting_idx",
        "notice_delivery",
        ["district_id", "next_at"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "ticket_reply",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'refused')", name=op.f("ticket_reply_outcome_check")
        ),
        sa.CheckConstraint(
            "(outcome IS NULL) = (outcome_at IS NULL)", name=op.f("ticket_reply_settled_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("ticket_reply_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("ticket_reply_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "seq", name=op.f("ticket_reply_pkey")),
    )
    op.create_index(
        "ticket_reply_source_idx", "ticket_reply", ["district_id", "source"], unique=False
    )


def lay_saved_filters() -> None:
    """Filters of lists of cases that somebody keeps."""
    op.create_table(
        "saved_filter",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("saved_filter_name_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("saved_filter_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("saved_filter_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("saved_filter_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("saved_filter_pkey")),
    )
    op.create_index(
        "saved_filter_account_idx", "saved_filter", ["district_id", "account_id", "position"]
    )
    op.create_index(
        "saved_filter_unit_idx",
        "saved_filter",
        ["district_id", "unit_id"],
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )


def lay_ways_in() -> None:
    """Posts handed over, and cards and codes to sign in by."""
    account = ["account.district_id", "account.id"]
    op.create_table(
        "post_handover",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("stand_in_id", sa.Uuid(), nullable=False),
        sa.Column("validity", postgresql.DATERANGE(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            account,
            name=op.f("post_handover_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "stand_in_id"],
            account,
            name=op.f("post_handover_district_id_stand_in_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("post_handover_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("post_handover_pkey")),
    )
    op.create_index("post_handover_account_idx", "post_handover", ["district_id", "account_id"])
    op.create_index("post_handover_stand_in_idx", "post_handover", ["district_id", "stand_in_id"])
    op.create_table(
        "sign_in_code",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('card', 'reset') AND (kind = 'card' OR pin_hash IS NULL)",
            name=op.f("sign_in_code_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            account,
            name=op.f("sign_in_code_district_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("sign_in_code_pkey")),
    )
    op.create_index("sign_in_code_account_idx", "sign_in_code", ["district_id", "account_id"])


def lay_devices() -> None:
    """Devices, who has them, their tokens; second factors; what was done to the ways in."""
    account = ["account.district_id", "account.id"]
    device = ["device.district_id", "device.id"]
    op.create_table(
        "device",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of_post", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('phone', 'tablet', 'tracker', 'other')", name=op.f("device_kind_check")
        ),
        sa.CheckConstraint(
            "revoked_why IN ('owner', 'administrator', 'reused')", name=op.f("device_why_check")
        ),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_why IS NULL)", name=op.f("device_revoked_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("device_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("device_pkey")),
    )
    op.create_table(
        "device_holding",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("validity", postgresql.DATERANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("district_id"), "="),
            (sa.column("device_id"), "="),
            (sa.column("validity"), "&&"),
            using="gist",
            name="device_holding_device_validity_excl",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "device_id"],
            device,
            name=op.f("device_holding_district_id_device_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            account,
            name=op.f("device_holding_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("device_holding_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("device_holding_pkey")),
    )
    op.create_index("device_holding_account_idx", "device_holding", ["district_id", "account_id"])
    op.create_table(
        "device_token",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "device_id"],
            device,
            name=op.f("device_token_district_id_device_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            account,
            name=op.f("device_token_district_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("device_token_pkey")),
    )
    op.create_index("device_token_device_idx", "device_token", ["district_id", "device_id"])
    lay_second_factors()


def lay_second_factors() -> None:
    """Second factors, and what was done to the ways into an account."""
    account = ["account.district_id", "account.id"]
    op.create_table(
        "second_factor",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            account,
            name=op.f("second_factor_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("second_factor_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "account_id", name=op.f("second_factor_pkey")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            account,
            name=op.f("recovery_code_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("recovery_code_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "digest", name=op.f("recovery_code_pkey")),
    )
    op.create_index("recovery_code_account_idx", "recovery_code", ["district_id", "account_id"])
    op.create_table(
        "account_event",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("by_account", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            account,
            name=op.f("account_event_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("account_event_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("account_event_pkey")),
    )
    op.create_index(
        "account_event_account_idx", "account_event", ["district_id", "account_id", "id"]
    )


def lay_identities() -> None:
    """Accounts as an identity provider knows them, and journeys there and back."""
    op.create_table(
        "sign_in_identity",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("linked_by", sa.Uuid(), nullable=True),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("sign_in_identity_district_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("sign_in_identity_pkey")),
        sa.UniqueConstraint(
            "district_id", "account_id", name=op.f("sign_in_identity_district_id_account_id_key")
        ),
    )
    op.create_table(
        "sign_in_journey",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("sign_in_journey_pkey")),
    )


def lay_streets() -> None:
    """Lay the tables of streets, what was walked of them, and planned rounds."""
    op.create_table(
        "street_part",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("highway", sa.Text(), nullable=False),
        sa.Column("length_m", sa.REAL(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("walked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("walked_how", sa.Text(), nullable=True),
        sa.Column("geom", Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False),
        sa.CheckConstraint("length_m > 0", name=op.f("street_part_length_m_check")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("street_part_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("street_part_pkey")),
        sa.UniqueConstraint(
            "district_id", "digest", name=op.f("street_part_district_id_digest_key")
        ),
    )
    op.create_index(
        "street_part_geom_idx", "street_part", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "street_state",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("roads", sa.Text(), nullable=False),
        sa.Column("grids", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("street_state_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", name=op.f("street_state_pkey")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("checkpoint_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("checkpoint_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("checkpoint_pkey")),
        sa.UniqueConstraint("district_id", "code", name=op.f("checkpoint_district_id_code_key")),
    )
    op.create_index("checkpoint_grid_idx", "checkpoint", ["district_id", "grid_id"], unique=False)
    op.create_table(
        "round_plan",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("every_days", sa.Integer(), nullable=True),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(every_days IS NULL) <> (weekdays = 0)", name=op.f("round_plan_when_check")
        ),
        sa.CheckConstraint("every_days BETWEEN 1 AND 90", name=op.f("round_plan_every_days_check")),
        sa.CheckConstraint(
            "from_minute >= 0 AND from_minute < to_minute AND to_minute <= 1440",
            name=op.f("round_plan_minutes_check"),
        ),
        sa.CheckConstraint("weekdays BETWEEN 0 AND 127", name=op.f("round_plan_weekdays_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("round_plan_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("round_plan_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("round_plan_pkey")),
    )
    op.create_index("round_plan_grid_idx", "round_plan", ["district_id", "grid_id"], unique=False)
    op.create_table(
        "street_part_grid",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("part_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("street_part_grid_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "part_id"],
            ["street_part.district_id", "street_part.id"],
            name=op.f("street_part_grid_district_id_part_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("street_part_grid_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "grid_id", "part_id", name=op.f("street_part_grid_pkey")
        ),
    )
    op.create_index(
        "street_part_grid_part_idx", "street_part_grid", ["district_id", "part_id"], unique=False
    )
    op.create_table(
        "planned_round",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reason_by", sa.Uuid(), nullable=True),
        sa.Column("reason_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("planned_round_order_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("planned_round_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["round_plan.district_id", "round_plan.id"],
            name=op.f("planned_round_district_id_plan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("planned_round_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("planned_round_pkey")),
        sa.UniqueConstraint(
            "district_id", "plan_id", "day", name=op.f("planned_round_district_id_plan_id_day_key")
        ),
    )
    op.create_index(
        "planned_round_grid_idx", "planned_round", ["district_id", "grid_id", "day"], unique=False
    )
    op.create_index(
        "planned_round_open_idx",
        "planned_round",
        ["district_id", "ends_at"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND told_at IS NULL"),
    )
    op.create_table(
        "street_walk",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("shift_day", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("part_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("share", sa.REAL(), nullable=False),
        sa.Column("walked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "how IN ('track', 'ticked', 'checkpoint')", name=op.f("street_walk_how_check")
        ),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("street_walk_share_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "part_id"],
            ["street_part.district_id", "street_part.id"],
            name=op.f("street_walk_district_id_part_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            name=op.f("street_walk_district_id_shift_day_shift_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("street_walk_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "shift_day", "shift_id", "part_id", "how", name=op.f("street_walk_pkey")
        ),
    )
    op.create_index(
        "street_walk_part_idx", "street_walk", ["district_id", "part_id", "shift_day"], unique=False
    )


def lay_track_care() -> None:
    """Lay the tables of trackers' keys, of gaps explained and of who looked at tracks."""
    op.create_table(
        "tracker_key",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "device_id"],
            ["device.district_id", "device.id"],
            name=op.f("tracker_key_district_id_device_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("tracker_key_pkey")),
    )
    op.create_index("tracker_key_device_idx", "tracker_key", ["district_id", "device_id"])
    op.create_table(
        "tracker_discard",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("off_duty", sa.Integer(), nullable=False),
        sa.Column("far_away", sa.Integer(), nullable=False),
        sa.Column("unreadable", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "device_id"],
            ["device.district_id", "device.id"],
            name=op.f("tracker_discard_district_id_device_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("tracker_discard_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("tracker_discard_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "account_id", "device_id", "day", name=op.f("tracker_discard_pkey")
        ),
    )
    op.create_table(
        "shift_gap",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("shift_day", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("from_at < to_at", name=op.f("shift_gap_order_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            name=op.f("shift_gap_district_id_shift_day_shift_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("shift_gap_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "shift_day", "shift_id", "from_at", name=op.f("shift_gap_pkey")
        ),
    )
    op.create_table(
        "track_look",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("shift_day", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("track_look_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            name=op.f("track_look_district_id_shift_day_shift_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("track_look_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id",
            "shift_day",
            "shift_id",
            "account_id",
            "day",
            name=op.f("track_look_pkey"),
        ),
    )
    op.create_index("track_look_account_idx", "track_look", ["district_id", "account_id"])


def upgrade() -> None:
    op.create_table(
        "district",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="Asia/Shanghai", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("district_pkey")),
        sa.UniqueConstraint("code", name=op.f("district_code_key")),
    )
    op.create_table(
        "area",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("path", Ltree(), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("datum_in", sa.Text(), server_default="wgs84", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(level = 'district') = (parent_id IS NULL)", name=op.f("area_root_check")
        ),
        sa.CheckConstraint(
            "level IN ('district', 'street', 'zone', 'community')", name=op.f("area_level_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "parent_id"], ["area.district_id", "area.id"], name="area_parent_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("area_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("area_pkey")),
        sa.UniqueConstraint("district_id", "code", name=op.f("area_district_id_code_key")),
        sa.UniqueConstraint("district_id", "path", name=op.f("area_district_id_path_key")),
    )
    op.create_index("area_geom_idx", "area", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "area_name_idx",
        "area",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index("area_path_idx", "area", ["path"], unique=False, postgresql_using="gist")
    op.create_table(
        "category",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("confirm_first", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("proof", sa.Text(), server_default="photo", nullable=False),
        sa.Column(
            "questions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'::jsonb"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "proof IN ('none', 'photo', 'before-and-after')", name=op.f("category_proof_check")
        ),
        sa.CheckConstraint("kind IN ('component', 'matter')", name=op.f("category_kind_check")),
        sa.CheckConstraint(
            "severity IN ('red', 'yellow', 'blue')", name=op.f("category_severity_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("category_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("category_pkey")),
        sa.UniqueConstraint(
            "district_id",
            "standard",
            "kind",
            "code",
            name=op.f("category_district_id_standard_kind_code_key"),
        ),
    )
    op.create_table(
        "case_rules",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("sample_share", sa.Float(), nullable=False),
        sa.Column("most_extensions", sa.Integer(), nullable=False),
        sa.Column("longest_suspension_days", sa.Integer(), nullable=False),
        sa.Column("near_m", sa.Float(), nullable=False),
        sa.Column("near_hours", sa.Integer(), nullable=False),
        sa.CheckConstraint("sample_share BETWEEN 0 AND 1", name=op.f("case_rules_share_check")),
        sa.CheckConstraint(
            "most_extensions BETWEEN 0 AND 20 AND longest_suspension_days BETWEEN 1 AND 3660"
            " AND near_m BETWEEN 1 AND 1000 AND near_hours BETWEEN 1 AND 8784",
            name=op.f("case_rules_sizes_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("case_rules_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", name=op.f("case_rules_pkey")),
    )
    op.create_table(
        "hotspot_run",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("density_key", sa.Text(), nullable=True),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("unit IN ('grid', 'h3')", name=op.f("hotspot_run_unit_check")),
        sa.CheckConstraint("period_to > period_from", name=op.f("hotspot_run_period_check")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("hotspot_run_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("hotspot_run_pkey")),
    )
    op.create_index(
        "hotspot_run_latest_idx", "hotspot_run", ["district_id", "unit", "period_to"], unique=False
    )
    op.create_table(
        "layer_version",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("layer_version_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "layer", name=op.f("layer_version_pkey")),
    )
    op.create_table(
        "place",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "geom",
            Geometry("GEOMETRY", srid=4326, spatial_index=False),
            nullable=False,
        ),
        sa.Column("datum_in", sa.Text(), server_default="wgs84", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("place_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("place_pkey")),
        sa.UniqueConstraint(
            "district_id", "external_id", name=op.f("place_district_id_external_id_key")
        ),
    )
    op.create_index("place_geom_idx", "place", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "place_name_idx",
        "place",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_table(
        "road",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("highway", sa.Text(), nullable=False),
        sa.Column(
            "geom", Geometry("MULTILINESTRING", srid=4326, spatial_index=False), nullable=False
        ),
        sa.Column("datum_in", sa.Text(), server_default="wgs84", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("road_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("road_pkey")),
        sa.UniqueConstraint(
            "district_id", "external_id", name=op.f("road_district_id_external_id_key")
        ),
    )
    op.create_index("road_geom_idx", "road", ["geom"], unique=False, postgresql_using="gist")
    op.create_index(
        "road_name_idx",
        "road",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_table(
        "water",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), server_default="water", nullable=False),
        sa.Column("geom", Geometry("GEOMETRY", srid=4326, spatial_index=False), nullable=False),
        sa.Column("datum_in", sa.Text(), server_default="wgs84", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("st_dimension(geom) > 0", name=op.f("water_geom_check")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("water_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("water_pkey")),
        sa.UniqueConstraint(
            "district_id", "external_id", name=op.f("water_district_id_external_id_key")
        ),
    )
    op.create_index("water_geom_idx", "water", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "area_shape",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("min_zoom", sa.SmallInteger(), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=3857, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("area_shape_district_id_area_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("area_shape_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "area_id", "min_zoom", name=op.f("area_shape_pkey")),
    )
    op.create_index(
        "area_shape_geom_idx", "area_shape", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "area_version",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("area_version_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("area_version_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "area_id", name=op.f("area_version_pkey")),
    )
    op.create_index(
        "area_version_path_idx",
        "area_version",
        ["area_path"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_table(
        "building",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("compound", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("use", sa.Text(), nullable=True),
        sa.Column("levels", sa.Integer(), nullable=True),
        sa.Column("units", sa.Integer(), nullable=True),
        sa.Column("households", sa.Integer(), server_default="0", nullable=False),
        sa.Column("households_basis", sa.Text(), nullable=True),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("datum_in", sa.Text(), server_default="wgs84", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("households >= 0", name=op.f("building_households_check")),
        sa.CheckConstraint("units > 0", name=op.f("building_units_check")),
        sa.CheckConstraint(
            "households_basis IN ('registered', 'resident')",
            name=op.f("building_households_basis_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("building_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("building_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("building_pkey")),
        sa.UniqueConstraint(
            "district_id", "external_id", name=op.f("building_district_id_external_id_key")
        ),
    )
    op.create_index(
        "building_address_idx",
        "building",
        ["address"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"address": "gin_trgm_ops"},
    )
    for column in ("compound", "name"):
        op.create_index(
            f"building_{column}_idx",
            "building",
            [column],
            unique=False,
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
        )
    op.create_index(
        "building_area_idx",
        "building",
        ["district_id", "area_id"],
        unique=False,
        postgresql_include=["households"],
    )
    op.create_index(
        "building_geom_idx", "building", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "address",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("aliases", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("compound", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("building_id", sa.BigInteger(), nullable=True),
        sa.Column("place_id", sa.BigInteger(), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.Column("datum_in", sa.Text(), server_default="wgs84", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('address', 'place', 'pole')", name=op.f("address_kind_check")),
        sa.CheckConstraint(
            "num_nonnulls(geom, building_id, place_id) = 1", name=op.f("address_position_check")
        ),
        sa.CheckConstraint("num_nonnulls(name, address) > 0", name=op.f("address_named_check")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("address_district_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "building_id"],
            ["building.district_id", "building.id"],
            name=op.f("address_district_id_building_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "place_id"],
            ["place.district_id", "place.id"],
            name=op.f("address_district_id_place_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("address_pkey")),
        sa.UniqueConstraint(
            "district_id", "external_id", name=op.f("address_district_id_external_id_key")
        ),
    )
    op.create_index("address_building_idx", "address", ["district_id", "building_id"])
    op.create_index("address_place_idx", "address", ["district_id", "place_id"])
    op.create_table(
        "grid",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "community_id"],
            ["area.district_id", "area.id"],
            name=op.f("grid_district_id_community_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("grid_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("grid_pkey")),
    )
    op.create_index("grid_community_idx", "grid", ["district_id", "community_id"], unique=False)
    op.create_table(
        "hotspot_unit",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_key", sa.Text(), nullable=False),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("exposure", sa.Float(), nullable=True),
        sa.Column("z", sa.Float(), nullable=False),
        sa.Column("p", sa.Float(), nullable=False),
        sa.Column("q", sa.Float(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("trend", sa.Text(), nullable=True),
        sa.Column("rate_verdict", sa.Text(), nullable=True),
        sa.Column("geom", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "run_id"],
            ["hotspot_run.district_id", "hotspot_run.id"],
            name=op.f("hotspot_unit_district_id_run_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("hotspot_unit_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "run_id", "unit_key", name=op.f("hotspot_unit_pkey")
        ),
    )
    op.create_index(
        "hotspot_unit_area_path_idx",
        "hotspot_unit",
        ["area_path"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "hotspot_unit_geom_idx", "hotspot_unit", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "plan",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("target_households", sa.Integer(), server_default="300", nullable=False),
        sa.Column(
            "wishes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
        sa.Column("generation", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("quality", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("reverses", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'published') = (published_at IS NOT NULL AND effective_on IS NOT NULL)",
            name=op.f("plan_published_check"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'checked', 'approved', 'published')",
            name=op.f("plan_status_check"),
        ),
        sa.CheckConstraint("target_households > 0", name=op.f("plan_target_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("plan_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("plan_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("plan_pkey")),
    )
    op.create_table(
        "plan_layer",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("shapes", sa.Integer(), nullable=False),
        sa.Column("features", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('barriers', 'preferred', 'compounds')", name=op.f("plan_layer_role_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("plan_layer_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("plan_layer_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("plan_layer_pkey")),
    )
    op.create_table(
        "plan_step",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "action IN ('edit', 'check', 'sign', 'unsign', 'approve', 'send-back', 'publish')",
            name=op.f("plan_step_action_check"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'checked', 'approved', 'published')",
            name=op.f("plan_step_status_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["plan.district_id", "plan.id"],
            name=op.f("plan_step_district_id_plan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("plan_step_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "plan_id", "seq", name=op.f("plan_step_pkey")),
    )
    op.create_table(
        "temporary_grid",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("validity", postgresql.DATERANGE(), nullable=False),
        sa.Column("from_time", sa.Time(), nullable=True),
        sa.Column("to_time", sa.Time(), nullable=True),
        sa.Column(
            "period",
            postgresql.TSRANGE(),
            sa.Computed(
                "CASE WHEN isempty(validity) THEN CAST('empty' AS tsrange) ELSE tsrange("
                "lower(validity) + coalesce(from_time, CAST('00:00' AS time)), "
                "upper(validity) - 1 + coalesce(to_time, CAST('24:00' AS time))) END",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("officer_ids", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('market', 'flood', 'works', 'other')", name=op.f("temporary_grid_kind_check")
        ),
        sa.CheckConstraint(
            "isempty(validity) OR NOT (lower_inf(validity) OR upper_inf(validity))",
            name=op.f("temporary_grid_ends_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("temporary_grid_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("temporary_grid_pkey")),
    )
    op.create_index(
        "temporary_grid_area_path_idx",
        "temporary_grid",
        ["area_path"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "temporary_grid_geom_idx", "temporary_grid", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "temporary_grid_change",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("temporary_grid_id", sa.BigInteger(), nullable=False),
        sa.Column("was", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "temporary_grid_id"],
            ["temporary_grid.district_id", "temporary_grid.id"],
            name=op.f("temporary_grid_change_district_id_temporary_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("temporary_grid_change_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("temporary_grid_change_pkey")),
    )
    op.create_index(
        "temporary_grid_change_grid_idx",
        "temporary_grid_change",
        ["district_id", "temporary_grid_id"],
        unique=False,
    )
    op.create_table(
        "unit",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("unit_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("unit_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("unit_pkey")),
        sa.UniqueConstraint("district_id", "name", name=op.f("unit_district_id_name_key")),
    )
    op.create_table(
        "account",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("must_change", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("account_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("account_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("account_pkey")),
        sa.UniqueConstraint("login", name=op.f("account_login_key")),
    )
    op.create_table(
        "grid_status",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("open_cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("overdue_cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("handled_cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_cases", sa.Integer(), server_default="0", nullable=False),
        sa.Column("patrols_30d", sa.Integer(), server_default="0", nullable=False),
        sa.Column("patrol_seconds_30d", sa.Float(), server_default="0", nullable=False),
        sa.Column("patrol_metres_30d", sa.Float(), server_default="0", nullable=False),
        sa.Column("last_patrol_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_case_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "changed_in", Xid8(), server_default=sa.text("pg_current_xact_id()"), nullable=False
        ),
        sa.CheckConstraint(
            "least(open_cases, overdue_cases, handled_cases, closed_cases, patrols_30d) >= 0",
            name=op.f("grid_status_counts_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("grid_status_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("grid_status_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "grid_id", name=op.f("grid_status_pkey")),
    )
    op.create_index(
        "grid_status_area_path_idx",
        "grid_status",
        ["area_path"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index("grid_status_changed_idx", "grid_status", ["changed_in"], unique=False)
    op.create_table(
        "grid_version",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="general", nullable=False),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("households", sa.Integer(), nullable=False),
        sa.Column("buildings", sa.Integer(), nullable=False),
        sa.Column("area_m2", sa.Float(), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("label", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("validity", postgresql.DATERANGE(), nullable=True),
        postgresql.ExcludeConstraint(
            (sa.column("district_id"), "="),
            (sa.column("code"), "="),
            (sa.column("validity"), "&&"),
            where=sa.text("validity IS NOT NULL"),
            using="gist",
            name="grid_version_code_validity_excl",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("district_id"), "="),
            (sa.column("grid_id"), "="),
            (sa.column("validity"), "&&"),
            where=sa.text("validity IS NOT NULL"),
            using="gist",
            name="grid_version_grid_validity_excl",
        ),
        sa.CheckConstraint("code ~ '^[0-9]{15}$'", name=op.f("grid_version_code_check")),
        sa.CheckConstraint("households >= 0", name=op.f("grid_version_households_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("grid_version_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["plan.district_id", "plan.id"],
            name=op.f("grid_version_district_id_plan_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("grid_version_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("grid_version_pkey")),
        sa.UniqueConstraint(
            "district_id",
            "plan_id",
            "grid_id",
            name=op.f("grid_version_district_id_plan_id_grid_id_key"),
        ),
    )
    op.create_index(
        "grid_version_area_path_idx",
        "grid_version",
        ["area_path"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index(
        "grid_version_code_idx",
        "grid_version",
        ["code"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"code": "gin_trgm_ops"},
    )
    op.create_index(
        "grid_version_by_code_idx",
        "grid_version",
        ["district_id", "code", "grid_id"],
        unique=False,
        postgresql_where=sa.text("validity IS NOT NULL"),
    )
    op.create_index(
        "grid_version_name_idx",
        "grid_version",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index(
        "grid_version_geom_idx", "grid_version", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "hazard_case",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_number", sa.Text(), nullable=True),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=True),
        sa.Column("grid_id_filed", sa.BigInteger(), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.Column("shape", Geometry("GEOMETRY", srid=4326, spatial_index=False), nullable=True),
        sa.Column("datum_in", sa.Text(), nullable=True),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("reported_by", sa.Uuid(), nullable=False),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dispatched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("overdue", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("reworks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("level", sa.Integer(), server_default="0", nullable=False),
        sa.Column("merged_into", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("called_units", sa.ARRAY(sa.BigInteger()), nullable=True),
        sa.Column(
            "standing",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'::jsonb"),
            nullable=False,
        ),
        sa.Column(
            "changed_in",
            Xid8(),
            server_default=sa.text("pg_current_xact_id()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(geom IS NULL) = (datum_in IS NULL)", name=op.f("hazard_case_datum_check")
        ),
        sa.CheckConstraint(
            "geom IS NOT NULL OR grid_id IS NULL", name=op.f("hazard_case_place_check")
        ),
        sa.CheckConstraint(
            "severity IN ('red', 'yellow', 'blue')", name=op.f("hazard_case_severity_check")
        ),
        sa.CheckConstraint(
            "state IN ('reported', 'filed', 'dispatched', 'accepted', 'handled', 'verified',"
            " 'closed', 'suspended', 'void')",
            name=op.f("hazard_case_state_check"),
        ),
        sa.CheckConstraint(
            "shape IS NULL OR geom IS NOT NULL", name=op.f("hazard_case_shape_check")
        ),
        sa.CheckConstraint("level BETWEEN 0 AND 4", name=op.f("hazard_case_level_check")),
        sa.CheckConstraint(
            "(state = 'suspended') = (suspended_until IS NOT NULL)",
            name=op.f("hazard_case_suspended_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "merged_into"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("hazard_case_district_id_merged_into_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "parent_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("hazard_case_district_id_parent_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "category_id"],
            ["category.district_id", "category.id"],
            name=op.f("hazard_case_district_id_category_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("hazard_case_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("hazard_case_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("hazard_case_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("hazard_case_pkey")),
        sa.UniqueConstraint(
            "district_id", "number", name=op.f("hazard_case_district_id_number_key")
        ),
    )
    op.create_index(
        "hazard_case_area_path_idx",
        "hazard_case",
        ["area_path"],
        unique=False,
        postgresql_using="gist",
    )
    op.create_index("hazard_case_changed_idx", "hazard_case", ["changed_in"], unique=False)
    op.create_index(
        "hazard_case_due_idx",
        "hazard_case",
        ["district_id", "deadline_at"],
        unique=False,
        postgresql_where=sa.text(
            "state IN ('reported', 'filed', 'dispatched', 'accepted') AND NOT overdue"
        ),
    )
    op.create_index(
        "hazard_case_suspended_idx",
        "hazard_case",
        ["district_id", "suspended_until"],
        unique=False,
        postgresql_where=sa.text("suspended_until IS NOT NULL"),
    )
    op.create_index(
        "hazard_case_parent_idx",
        "hazard_case",
        ["district_id", "parent_id"],
        unique=False,
        postgresql_where=sa.text("parent_id IS NOT NULL"),
    )
    op.create_index(
        "hazard_case_called_idx",
        "hazard_case",
        ["called_units"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("called_units IS NOT NULL"),
    )
    op.create_index(
        "hazard_case_external_idx",
        "hazard_case",
        ["district_id", "external_number"],
        unique=False,
        postgresql_where=sa.text("external_number IS NOT NULL"),
    )
    op.create_index(
        "hazard_case_geom_idx", "hazard_case", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_index(
        "hazard_case_grid_idx", "hazard_case", ["district_id", "grid_id", "state"], unique=False
    )
    op.create_index(
        "hazard_case_number_idx",
        "hazard_case",
        ["number"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"number": "gin_trgm_ops"},
    )
    op.create_index(
        "hazard_case_reported_idx",
        "hazard_case",
        ["district_id", "received_at", "id"],
        unique=False,
    )
    op.create_index(
        "hazard_case_reporter_idx",
        "hazard_case",
        ["district_id", "reported_by", "received_at"],
        unique=False,
    )
    op.create_index(
        "hazard_case_unit_idx",
        "hazard_case",
        ["district_id", "unit_id", "received_at"],
        unique=False,
        postgresql_where=sa.text("unit_id IS NOT NULL"),
    )
    op.create_index(
        "hazard_case_open_idx",
        "hazard_case",
        ["district_id", "received_at", "id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('closed', 'void')"),
    )
    op.create_index(
        "hazard_case_closed_idx",
        "hazard_case",
        ["district_id", "closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "hazard_case_deadline_idx",
        "hazard_case",
        ["district_id", sa.text("coalesce(deadline_at, 'infinity'::timestamptz)"), "id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('closed', 'void')"),
    )
    op.create_index(
        "hazard_case_board_idx",
        "hazard_case",
        ["district_id", "state", sa.text("coalesce(deadline_at, 'infinity'::timestamptz)"), "id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('closed', 'void')"),
    )
    op.create_index(
        "hazard_case_overdue_idx",
        "hazard_case",
        ["district_id", "received_at", "id"],
        unique=False,
        postgresql_where=sa.text("overdue"),
    )
    op.create_index(
        "hazard_case_address_idx",
        "hazard_case",
        ["address"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"address": "gin_trgm_ops"},
    )
    op.create_index(
        "hazard_case_triage_idx",
        "hazard_case",
        ["district_id", "received_at"],
        unique=False,
        postgresql_where=sa.text("grid_id IS NULL"),
    )
    op.create_table(
        "assignment",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("grid_id", sa.BigInteger(), nullable=True),
        sa.Column("validity", postgresql.DATERANGE(), nullable=False),
        sa.CheckConstraint(
            "role IN ('officer', 'planner', 'commander', 'handler', 'administrator', 'auditor')",
            name=op.f("assignment_role_check"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(area_id, grid_id) = 1", name=op.f("assignment_place_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("assignment_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("assignment_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("assignment_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("assignment_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("assignment_pkey")),
    )
    op.create_index(
        "assignment_account_idx", "assignment", ["district_id", "account_id"], unique=False
    )
    op.create_index(
        "assignment_area_idx",
        "assignment",
        ["district_id", "area_id"],
        unique=False,
        postgresql_where=sa.text("area_id IS NOT NULL"),
    )
    op.create_index("assignment_grid_idx", "assignment", ["district_id", "grid_id"], unique=False)
    op.create_table(
        "case_event",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("case_event_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("case_event_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "seq", name=op.f("case_event_pkey")),
    )
    op.create_table(
        "case_text",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("case_text_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("case_text_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", "seq", name=op.f("case_text_pkey")),
    )
    op.create_table(
        "plan_edit",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("edited_by", sa.Uuid(), nullable=True),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["plan.district_id", "plan.id"],
            name=op.f("plan_edit_district_id_plan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("plan_edit_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "plan_id", "seq", name=op.f("plan_edit_pkey")),
    )
    op.create_table(
        "plan_signature",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("plan_signature_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["plan.district_id", "plan.id"],
            name=op.f("plan_signature_district_id_plan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("plan_signature_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("plan_signature_pkey")),
    )
    op.create_index("plan_signature_plan_idx", "plan_signature", ["district_id", "plan_id"])
    op.create_table(
        "plan_backdrop",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("picture_key", sa.Text(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("shown_key", sa.Text(), nullable=True),
        sa.Column("placed", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("bounds", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('drawing', 'scan')", name=op.f("plan_backdrop_kind_check")),
        sa.CheckConstraint(
            "(shown_key IS NULL) = (placed IS NULL) AND (shown_key IS NULL) = (bounds IS NULL)",
            name=op.f("plan_backdrop_whole_check"),
        ),
        sa.CheckConstraint(
            "(page IS NULL) = (pages IS NULL)", name=op.f("plan_backdrop_page_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["plan.district_id", "plan.id"],
            name=op.f("plan_backdrop_district_id_plan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("plan_backdrop_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("plan_backdrop_pkey")),
    )
    op.create_index("plan_backdrop_plan_idx", "plan_backdrop", ["district_id", "plan_id"])
    op.create_table(
        "plan_report",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("page_map", sa.Text(), nullable=True),
        sa.Column("screen_map", sa.Text(), nullable=True),
        sa.Column("failure", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "num_nulls(content, revision, page_map, screen_map) IN (0, 4)",
            name=op.f("plan_report_whole_check"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'done', 'failed')", name=op.f("plan_report_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "plan_id"],
            ["plan.district_id", "plan.id"],
            name=op.f("plan_report_district_id_plan_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("plan_report_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "plan_id", name=op.f("plan_report_pkey")),
    )
    op.create_table(
        "grid_shape",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("grid_version_id", sa.BigInteger(), nullable=False),
        sa.Column("min_zoom", sa.SmallInteger(), nullable=False),
        sa.Column("geom", Geometry("MULTIPOLYGON", srid=3857, spatial_index=False), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_version_id"],
            ["grid_version.district_id", "grid_version.id"],
            name=op.f("grid_shape_district_id_grid_version_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("grid_shape_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "grid_version_id", "min_zoom", name=op.f("grid_shape_pkey")
        ),
    )
    op.create_index(
        "grid_shape_geom_idx", "grid_shape", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "operation",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("operation_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("operation_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "account_id", "id", name=op.f("operation_pkey")),
    )
    op.create_table(
        "photo",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("width_px", sa.Integer(), nullable=False),
        sa.Column("height_px", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "taken_geom",
            Geometry(geometry_type="POINT", srid=4326, dimension=2, spatial_index=False),
            nullable=True,
        ),
        sa.Column("taken_datum", sa.Text(), nullable=True),
        sa.Column("redactions", sa.Integer(), server_default="0", nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('before', 'after')", name=op.f("photo_role_check")),
        sa.CheckConstraint(
            "(taken_geom IS NULL) = (taken_datum IS NULL)", name=op.f("photo_datum_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("photo_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("photo_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("photo_pkey")),
    )
    op.create_index("photo_case_idx", "photo", ["district_id", "case_id"], unique=False)
    op.create_table(
        "photo_upload",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("became_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role IN ('before', 'after', 'voice')", name=op.f("photo_upload_role_check")
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("photo_upload_size_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("photo_upload_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("photo_upload_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("photo_upload_pkey")),
    )
    for name, columns in (
        ("photo_upload_case_idx", ["district_id", "case_id"]),
        ("photo_upload_account_idx", ["district_id", "account_id"]),
        ("photo_upload_begun_idx", ["begun_at"]),
    ):
        op.create_index(name, "photo_upload", columns, unique=False)
    op.create_table(
        "sound",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('audio/webm', 'audio/ogg', 'audio/mp4')",
            name=op.f("sound_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("sound_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("sound_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("sound_pkey")),
    )
    op.create_index("sound_case_idx", "sound", ["district_id", "case_id"], unique=False)
    op.create_table(
        "photo_redaction",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("polygons", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("after_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("original_key", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "reason IN ('face', 'plate', 'writing', 'other')",
            name=op.f("photo_redaction_reason_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "photo_id"],
            ["photo.district_id", "photo.id"],
            name=op.f("photo_redaction_district_id_photo_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("photo_redaction_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "photo_id", "seq", name=op.f("photo_redaction_pkey")
        ),
    )
    op.create_index(
        "photo_redaction_case_idx", "photo_redaction", ["district_id", "case_id"], unique=False
    )
    of_kind = "kind IN ('assignment', 'supervision', 'rectification')"
    op.create_table(
        "paper_template",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(of_kind, name=op.f("paper_template_kind_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("paper_template_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("paper_template_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "kind", name=op.f("paper_template_pkey")),
    )
    op.create_table(
        "paper_number",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint(of_kind, name=op.f("paper_number_kind_check")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("paper_number_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "kind", "year", name=op.f("paper_number_pkey")),
    )
    op.create_table(
        "case_paper",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_key", sa.Text(), nullable=True),
        sa.Column("signed_sha256", sa.LargeBinary(), nullable=True),
        sa.Column("signed_name", sa.Text(), nullable=True),
        sa.Column("signed_media_type", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(of_kind, name=op.f("case_paper_kind_check")),
        sa.CheckConstraint(
            "num_nonnulls(signed_key, signed_sha256, signed_name, signed_media_type, signed_by,"
            " signed_at) IN (0, 6)",
            name=op.f("case_paper_signed_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("case_paper_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "unit_id"],
            ["unit.district_id", "unit.id"],
            name=op.f("case_paper_district_id_unit_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("case_paper_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("case_paper_pkey")),
        sa.UniqueConstraint(
            "district_id",
            "kind",
            "year",
            "serial",
            name=op.f("case_paper_district_id_kind_year_serial_key"),
        ),
    )
    op.create_index("case_paper_case_idx", "case_paper", ["district_id", "case_id"], unique=False)
    op.create_table(
        "export_log",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("area_path", Ltree(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("capped", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "format IN ('csv', 'xlsx', 'geojson')", name=op.f("export_log_format_check")
        ),
        sa.CheckConstraint("purpose <> ''", name=op.f("export_log_purpose_check")),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("export_log_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("export_log_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("export_log_pkey")),
    )
    for name, columns in (
        ("export_log_at_idx", ["district_id", "at", "id"]),
        ("export_log_account_idx", ["district_id", "account_id"]),
    ):
        op.create_index(name, "export_log", columns, unique=False)
    op.create_table(
        "forgotten_file",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("forgotten_file_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "key", name=op.f("forgotten_file_pkey")),
    )
    op.create_table(
        "session",
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=True),
        sa.Column("system", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("session_district_id_account_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("token_digest", name=op.f("session_pkey")),
        sa.UniqueConstraint("id", name=op.f("session_id_key")),
    )
    op.create_index("session_account_idx", "session", ["district_id", "account_id"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("sign_in_attempt_pkey")),
    )
    op.create_table(
        "shift",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("shift_day", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("grid_ids", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("track_kept", sa.Text(), server_default="whole", nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("metres", sa.Float(), server_default="0", nullable=False),
        sa.Column("gap_seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("match_asked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("match_done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("left_out", sa.Integer(), server_default="0", nullable=False),
        sa.Column("standing_seconds", sa.Float(), server_default="0", nullable=False),
        sa.CheckConstraint(
            "ended_at IS NULL OR ended_at >= started_at", name=op.f("shift_order_check")
        ),
        sa.CheckConstraint(
            "track_kept IN ('whole', 'thinned', 'gone')", name=op.f("shift_kept_check")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "account_id"],
            ["account.district_id", "account.id"],
            name=op.f("shift_district_id_account_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("shift_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "shift_day", "id", name=op.f("shift_pkey")),
        sa.UniqueConstraint("district_id", "id", name=op.f("shift_district_id_id_key")),
    )
    op.create_index(
        "shift_account_idx", "shift", ["district_id", "account_id", "shift_day"], unique=False
    )
    op.create_index("shift_grids_idx", "shift", ["grid_ids"], unique=False, postgresql_using="gin")
    op.create_index(
        "shift_match_idx",
        "shift",
        ["district_id", "started_at"],
        unique=False,
        postgresql_where=sa.text("match_done < match_asked"),
    )
    op.create_index("shift_started_idx", "shift", ["district_id", "started_at", "id"], unique=False)
    op.create_table(
        "shift_grid",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("shift_day", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("grid_id", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("metres", sa.Float(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "grid_id"],
            ["grid.district_id", "grid.id"],
            name=op.f("shift_grid_district_id_grid_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            name=op.f("shift_grid_district_id_shift_day_shift_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("shift_grid_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "shift_day", "shift_id", "grid_id", name=op.f("shift_grid_pkey")
        ),
    )
    op.create_index(
        "shift_grid_grid_idx", "shift_grid", ["district_id", "grid_id", "shift_day"], unique=False
    )
    op.create_table(
        "track_point",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("shift_day", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("accuracy_m", sa.Float(), nullable=True),
        sa.Column("grid_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "shift_day", "shift_id"],
            ["shift.district_id", "shift.shift_day", "shift.id"],
            name=op.f("track_point_district_id_shift_day_shift_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("track_point_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "shift_day", "shift_id", "seq", name=op.f("track_point_pkey")
        ),
        postgresql_partition_by="RANGE (shift_day)",
    )
    op.create_table(
        "report_layout",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("shape", sa.LargeBinary(), nullable=False),
        sa.Column("layout", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("report_layout_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "shape", name=op.f("report_layout_pkey")),
    )
    op.create_table(
        "report_word",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "field IN ('category', 'severity', 'source', 'state')",
            name=op.f("report_word_field_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("report_word_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "field", "word", name=op.f("report_word_pkey")),
    )
    op.create_table(
        "report_list",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("area_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("orders", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rows", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')",
            name=op.f("report_list_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "area_id"],
            ["area.district_id", "area.id"],
            name=op.f("report_list_district_id_area_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("report_list_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("report_list_pkey")),
    )
    op.create_index(
        "report_list_asked_idx", "report_list", ["district_id", "asked_at", "id"], unique=False
    )
    op.create_table(
        "report_row",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_unit", sa.Text(), nullable=True),
        sa.Column("digests", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("report_row_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("report_row_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "source", "key", name=op.f("report_row_pkey")),
    )
    op.create_index("report_row_case_idx", "report_row", ["district_id", "case_id"], unique=False)
    op.create_table(
        "case_candidates",
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("candidates", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "case_id"],
            ["hazard_case.district_id", "hazard_case.id"],
            name=op.f("case_candidates_district_id_case_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("case_candidates_district_id_fkey")
        ),
        sa.PrimaryKeyConstraint("district_id", "case_id", name=op.f("case_candidates_pkey")),
    )

    lay_duty_tables()
    lay_deadlines()
    lay_messages()
    lay_ways_in()
    lay_identities()
    lay_saved_filters()
    lay_devices()
    lay_streets()
    lay_track_care()
    for statement in (NUMBERS, APPEND_ONLY, APPEND_ONLY_TRIGGER, TRACK_WEEK, TRACK_WEEK_RIGHTS):
        op.execute(statement)
    for statement in (TRACK_WEEKS_GO, TRACK_WEEKS_GO_RIGHTS):
        op.execute(statement)
    for statement in (STAMP, STAMP_TRIGGER, TELL, *TELL_TRIGGERS):
        op.execute(statement)
    guard_rows()
    for statement in (*BEFORE_RIGHTS, *BEFORE_RIGHTS_RIGHTS):
        op.execute(statement)
    # The jobs' schema holds percent signs and many statements: sent as it is, without parameters.
    driver = op.get_bind().connection.driver_connection
    if driver is None:
        raise RuntimeError("migrations need an open connection")
    driver.execute(SchemaManager.get_schema())


def downgrade() -> None:
    """Nothing lies below the first tables: drop the database instead."""
    raise RuntimeError("the first tables are not taken away; drop the database instead")
