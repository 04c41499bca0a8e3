"""Drafts for the small town, drawn by hand."""

import small_town
from sqlalchemy import Connection, text

COMMUNITY = 11


def draft(
    town: Connection, plan_id: int = 2, *, keep: int | None = None, status: str = "approved"
) -> None:
    """Draw community 11 as a northern and a southern grid, 201 and 202, in place of 1 and 2.

    `keep` gives the northern one the identity of a grid in force.
    """
    west, south, east, north = small_town.BOXES[COMMUNITY]
    middle = (south + north) / 2
    town.execute(
        text(
            "INSERT INTO plan (district_id, id, area_id, name, status, generation, created_at) "
            "VALUES (1, :plan, 11, '调整', :status, CAST(:generation AS jsonb), :at)"
        ),
        {
            "plan": plan_id,
            "status": status,
            "generation": '{"state": "done", "done": 100, "total": 100, "message": "done"}',
            "at": small_town.AT,
        },
    )
    boxes = ((west, middle, east, north), (west, south, east, middle))
    for number, box in enumerate(boxes, start=1):
        grid_id = keep if keep is not None and number == 1 else plan_id * 100 + number
        values = {
            "grid": grid_id,
            "plan": plan_id,
            "path": small_town.PATHS[COMMUNITY],
            "code": f"37039900100100{number}",
            "geom": small_town.ewkt(box),
            "at": small_town.AT,
        }
        town.execute(
            text(
                "INSERT INTO grid (district_id, id, community_id, created_at) "
                "VALUES (1, :grid, 11, :at) ON CONFLICT DO NOTHING"
            ),
            values,
        )
        town.execute(
            text(
                "INSERT INTO grid_version (district_id, grid_id, plan_id, area_path, code, name, "
                "households, buildings, area_m2, geom, label) VALUES (1, :grid, :plan, "
                "CAST(:path AS ltree), :code, '新网格', 300, 1, 1, :geom, "
                "ST_PointOnSurface(CAST(:geom AS geometry)))"
            ),
            values,
        )
