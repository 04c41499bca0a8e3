"""Rights over what belongs to a district as a whole: calendar, limits, categories."""

from sqlalchemy import Connection

from api.errors import Problem
from api.permissions import Caller
from data.areas import district_root


def require_whole_district(tx: Connection, caller: Caller, permission: str) -> None:
    """Refuse with 403 whoever holds a permission only in a part of the district, or nowhere."""
    caller.require(permission)
    if not caller.may(permission, district_root(tx, caller.district_id)):
        raise Problem(
            403,
            "whole-district-only",
            "Only who is responsible for the whole district may change this.",
            params={"permission": permission},
        )
