"""Why an edit is refused, in words for the planner."""

from __future__ import annotations

from typing import Final

from geo.grids.errors import GridError

REASONS: Final = {
    "unknown-grid": (
        "方案中没有这个网格，可能已被合并或撤销，请刷新。",
        "There is no such grid in the draft; it may have been merged or undone. Load it again.",
    ),
    "unknown-building": (
        "这栋建筑不在要调整的社区里。",
        "This building does not lie in the community that is being edited.",
    ),
    "other-community": (
        "一次只能调整同一个社区内的网格，网格不能跨社区。",
        "Edit grids of one community at a time: a grid never crosses a community's border.",
    ),
    "locked": (
        "网格已锁定，请先解锁。",
        "The grid is locked: unlock it first.",
    ),
    "unknown-vertex": (
        "这里没有边界折点，图形可能已改变，请刷新。",
        "There is no vertex of a boundary here; the shapes may have changed. Load them again.",
    ),
    "unknown-edge": (
        "这两点之间没有网格边界，请刷新后再加点。",
        "No boundary runs between these two points. Load the draft again, then add the point.",
    ),
    "border": (
        "社区边界不能在这里改动，只能移动社区内部的网格边界。",
        "A community's own border cannot be changed here; move boundaries inside it only.",
    ),
    "crossing": (
        "这样移动会使边界交叉、重叠或断开，请换个位置。",
        "Boundaries would cross, overlap or come apart: choose another place.",
    ),
    "not-divided": (
        "画的线没有把网格分开：请从网格的一边画到另一边。",
        "The line does not divide the grid: draw it from one side to another.",
    ),
    "too-small": (
        "分出的部分不到 25 平方米，请重画。",
        "One of the parts is smaller than 25 square metres: draw the line again.",
    ),
    "not-adjacent": (
        "这些网格不相邻，没有共同的边界。",
        "These grids are not neighbours: they share no boundary.",
    ),
    "ground-apart": (
        "这栋建筑或街区与目标网格不相连，请先把中间的部分划过去。",
        "This building or block does not touch the grid: give what lies between them first.",
    ),
    "torn": (
        "这样会把网格分成不相连的几块。",
        "A grid would fall into pieces that do not hang together.",
    ),
    "emptied": (
        "这样会使原网格什么都不剩，请改用合并。",
        "Nothing would be left of the grid: merge the grids instead.",
    ),
    "own-grid": (
        "它已经在这个网格里了。",
        "It lies in this grid already.",
    ),
    "outside": (
        "这个位置不在方案的网格里。",
        "This place lies in none of the draft's grids.",
    ),
    "no-road": (
        "容差范围内没有可以贴合、又不切建筑的道路或河岸。",
        "No road or bank within the tolerance can be followed without cutting a building.",
    ),
    "cuts-building": (
        "这样会切开建筑。确实要切，请用画线分割或移动折点。",
        "This would cut a building. Where that is wanted, draw the line or move the vertex.",
    ),
    "even-already": (
        "这些网格已经没法更均衡了，未作改动。",
        "These grids cannot be made more even; nothing was changed.",
    ),
    "too-few": (
        "请至少选择两个网格。",
        "Choose at least two grids.",
    ),
    "full": (
        "该社区的网格编号（001–999）已用完。",
        "The community has used all its grid numbers, 001 to 999.",
    ),
    "unclean": (
        "这里的图形太细碎，没法干净地改动，请稍微换个位置再试。",
        "The shapes here are too intricate for this edit: try again a little beside.",
    ),
}
"""Code → Chinese and English."""


class RedrawError(GridError):
    """An edit that is refused; nothing has changed.

    Parameters
    ----------
    code
        One of `REASONS`.
    params
        What is concerned, such as `grid_id`.
    """

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, *REASONS[code])
        self.params = params
