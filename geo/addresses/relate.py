"""Moving a place by a relation: 往东50米, 对面, 旁, 东侧, 东头."""

from dataclasses import replace
from math import cos, radians, sin
from typing import Final

from geo.addresses.gazetteer import Gazetteer
from geo.addresses.ground import shifted
from geo.addresses.parts import Relation
from geo.addresses.spots import Spot

NEAR_M: Final = 20.0
SIDE_M: Final = 15.0
CORNER_M: Final = 20.0
OFFSET_SHARE: Final = 0.1
ACROSS_PRECISION_M: Final = 25.0
# Beyond this size 村北200米 is counted from the edge of the village, not from its middle.
LARGE_M: Final = 60.0
EDGE: Final = 0.8
_COMPASS: Final = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
_LESS_SURE: Final = 0.97
_NO_ROAD_NEAR: Final = 0.8


def related(gazetteer: Gazetteer, spot: Spot, relation: Relation) -> Spot:
    """Move a candidate to where a relation says, and tell how much less sure it is.

    旁, 附近 and 门口 leave the point and widen its precision by 20 m; 东侧 by 15 m; 往东50米 goes
    50 m on the ellipsoid, from the edge of what is larger than 60 m; 对面 goes over the road; 东头
    goes towards the edge.
    """
    if relation.kind == "opposite":
        return _across(gazetteer, spot)
    if relation.kind == "offset":
        return _offset(gazetteer, spot, relation)
    if relation.kind == "stretch":
        return _stretch(spot, relation)
    if spot.kind == "crossing" and relation.bearing_deg is not None:
        return _corner(gazetteer, spot, relation.bearing_deg)
    wider = SIDE_M if relation.kind == "side" else NEAR_M
    precision = spot.precision_m + wider + relation.metres
    return replace(spot, precision_m=precision, agreement=spot.agreement * _LESS_SURE)


def _corner(gazetteer: Gazetteer, spot: Spot, bearing_deg: float) -> Spot:
    """路口东南角: beyond the edge of the road, for grids often meet in the middle of crossings."""
    lon, lat = shifted(*gazetteer.plane.to_degrees(spot.x, spot.y), bearing_deg, CORNER_M)
    x, y = gazetteer.plane.to_metres_one(lon, lat)
    return replace(spot, x=x, y=y, label=f"{spot.label} {_COMPASS[round(bearing_deg / 45) % 8]}侧")


def _across(gazetteer: Gazetteer, spot: Spot) -> Spot:
    over = gazetteer.roads.across(spot.x, spot.y, spot.road, spot.radius_m)
    label = f"{spot.label} 对面"
    if over is None:
        return replace(
            spot, label=label, building_id=None, agreement=spot.agreement * _NO_ROAD_NEAR,
            precision_m=spot.precision_m + 2 * NEAR_M,
        )  # fmt: skip
    precision = max(spot.precision_m, ACROSS_PRECISION_M)
    return replace(spot, label=label, x=over[0], y=over[1], building_id=None, radius_m=0.0,
                   precision_m=precision)  # fmt: skip


def _offset(gazetteer: Gazetteer, spot: Spot, relation: Relation) -> Spot:
    bearing = relation.bearing_deg or 0.0
    edge = spot.radius_m * EDGE if spot.radius_m > LARGE_M else 0.0
    lon, lat = shifted(*gazetteer.plane.to_degrees(spot.x, spot.y), bearing, relation.metres + edge)
    if relation.road_side_deg is not None:
        lon, lat = shifted(lon, lat, relation.road_side_deg, SIDE_M)
    x, y = gazetteer.plane.to_metres_one(lon, lat)
    precision = (spot.precision_m if edge == 0 else spot.precision_m / 2) + (
        relation.metres * OFFSET_SHARE
    )
    label = f"{spot.label} {_COMPASS[round(bearing / 45) % 8]}{relation.metres:g}米"
    return replace(spot, label=label, x=x, y=y, precision_m=precision, building_id=None,
                   agreement=spot.agreement * _LESS_SURE, radius_m=0.0)  # fmt: skip


def _stretch(spot: Spot, relation: Relation) -> Spot:
    """Go to the end of a village; a road's stretch has been found already."""
    if spot.kind == "road" or relation.bearing_deg is None or spot.radius_m == 0:
        return spot
    way, reach = radians(relation.bearing_deg), spot.radius_m * EDGE
    return replace(
        spot,
        x=spot.x + sin(way) * reach,
        y=spot.y + cos(way) * reach,
        precision_m=spot.precision_m / 2,
        building_id=None,
    )
