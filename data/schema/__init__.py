"""The tables of Sanbai, one module a subject.

Every large table carries `district_id` in its primary and unique keys, so that its rows can be
spread over machines by district. Geometry is stored in EPSG:4326 (WGS 84); only the simplified
shapes that tiles are cut from are in EPSG:3857. No table but `account` has a column for a person.
"""

from data.schema.accounts import Account, Assignment, Operation, Session, SignInAttempt
from data.schema.addresses import Address
from data.schema.base import Base, Ltree
from data.schema.cases import (
    CaseEvent,
    CaseRules,
    CaseText,
    Category,
    HazardCase,
    Photo,
    Unit,
)
from data.schema.deadlines import (
    CalendarDay,
    CalendarYear,
    CaseWatch,
    Notice,
    NoticeRead,
    TimeLimit,
    WatchStep,
    WorkHours,
)
from data.schema.devices import Device, DeviceHolding, DeviceToken
from data.schema.duty import (
    CaseRoute,
    DutyAlert,
    DutyCall,
    DutySetting,
    Handover,
    RotaEntry,
    RoutingRule,
)
from data.schema.exports import ExportLog
from data.schema.identities import SignInIdentity, SignInJourney
from data.schema.messages import NoticeChannel, NoticeDelivery, TicketReply
from data.schema.papers import CasePaper, PaperNumber, PaperTemplate
from data.schema.patrols import Shift, ShiftGrid, TrackPoint
from data.schema.photos import ForgottenFile, PhotoRedaction, PhotoUpload
from data.schema.places import Area, Building, District, LayerVersion, Place, Road, Water
from data.schema.plan_edits import PlanEdit
from data.schema.plan_files import PlanBackdrop, PlanSignature
from data.schema.plan_layers import PlanLayer
from data.schema.plan_report import PlanReport
from data.schema.plans import AreaShape, Grid, GridShape, GridVersion, Plan, PlanStep
from data.schema.report_lists import (
    CaseCandidates,
    ReportLayout,
    ReportList,
    ReportRow,
    ReportWord,
)
from data.schema.rounds import PlannedRound, RoundPlan
from data.schema.saved_filters import SavedFilter
from data.schema.second_factors import AccountEvent, RecoveryCode, SecondFactor
from data.schema.sign_in import PostHandover, SignInCode
from data.schema.sounds import Sound
from data.schema.status import AreaVersion, GridStatus, HotspotRun, HotspotUnit
from data.schema.streets import Checkpoint, StreetPart, StreetPartGrid, StreetState, StreetWalk
from data.schema.temporary_grids import TemporaryGrid, TemporaryGridChange
from data.schema.tracks import ShiftGap, TrackerDiscard, TrackerKey, TrackLook

__all__ = [
    "Account",
    "AccountEvent",
    "Address",
    "Area",
    "AreaShape",
    "AreaVersion",
    "Assignment",
    "Base",
    "Building",
    "CalendarDay",
    "CalendarYear",
    "CaseCandidates",
    "CaseEvent",
    "CasePaper",
    "CaseRoute",
    "CaseRules",
    "CaseText",
    "CaseWatch",
    "Category",
    "Checkpoint",
    "Device",
    "DeviceHolding",
    "DeviceToken",
    "District",
    "DutyAlert",
    "DutyCall",
    "DutySetting",
    "ExportLog",
    "ForgottenFile",
    "Grid",
    "GridShape",
    "GridStatus",
    "GridVersion",
    "Handover",
    "HazardCase",
    "HotspotRun",
    "HotspotUnit",
    "LayerVersion",
    "Ltree",
    "Notice",
    "NoticeChannel",
    "NoticeDelivery",
    "NoticeRead",
    "Operation",
    "PaperNumber",
    "PaperTemplate",
    "Photo",
    "PhotoRedaction",
    "PhotoUpload",
    "Place",
    "Plan",
    "PlanBackdrop",
    "PlanEdit",
    "PlanLayer",
    "PlanReport",
    "PlanSignature",
    "PlanStep",
    "PlannedRound",
    "PostHandover",
    "RecoveryCode",
    "ReportLayout",
    "ReportList",
    "ReportRow",
    "ReportWord",
    "Road",
    "RotaEntry",
    "RoundPlan",
    "RoutingRule",
    "SavedFilter",
    "SecondFactor",
    "Session",
    "Shift",
    "ShiftGap",
    "ShiftGrid",
    "SignInAttempt",
    "SignInCode",
    "SignInIdentity",
    "SignInJourney",
    "Sound",
    "StreetPart",
    "StreetPartGrid",
    "StreetState",
    "StreetWalk",
    "TemporaryGrid",
    "TemporaryGridChange",
    "TicketReply",
    "TimeLimit",
    "TrackLook",
    "TrackPoint",
    "TrackerDiscard",
    "TrackerKey",
    "Unit",
    "WatchStep",
    "Water",
    "WorkHours",
]
