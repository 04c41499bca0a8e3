"""What can be said about grids that cannot be taken over."""

from typing import Final

from data.imports.messages import Message

GRID_MESSAGES: Final[dict[str, Message]] = {
    "grids_unfit": Message(
        "网格不能拼合成社区：有 {count} 处缝隙、重叠或越界宽于 {width_m} 米，什么也没有导入。"
        "最大一处：{first_zh}",
        "请在 QGIS 中改好；若确属误差，用 --width 放宽。",
        "The grids do not tile their communities: {count} gaps, overlaps or overhangs are wider "
        "than {width_m} m; nothing was imported. The largest: {first_en}",
        "Mend them in QGIS, or allow more with --width where they are only inaccurate.",
    ),
    "grid_gap": Message(
        "缝隙 {size_m2} 平方米，最宽 {width_m} 米，在 ({lon}, {lat})，不属于任何网格。",
        "请并入相邻网格。",
        "A gap of {size_m2} m², up to {width_m} m wide, at ({lon}, {lat}) lies in no grid.",
        "Give it to a neighbour.",
    ),
    "grid_overlap": Message(
        "与第 {others} 行重叠 {size_m2} 平方米，最宽 {width_m} 米，在 ({lon}, {lat})。",
        "请修正共同边界。",
        "It overlaps row {others} by {size_m2} m², up to {width_m} m wide, at ({lon}, {lat}).",
        "Mend the border that they share.",
    ),
    "grid_outside": Message(
        "越出社区 {area} 边界 {size_m2} 平方米，最宽 {width_m} 米，在 ({lon}, {lat})。",
        "请裁到社区边界；跨社区的网格请拆开。",
        "It lies beyond community {area} by {size_m2} m², up to {width_m} m wide, at "
        "({lon}, {lat}).",
        "Cut it at the community's border; divide a grid that lies in two communities.",
    ),
    "grid_pieces": Message(
        "不是连成一片：还有一块 {size_m2} 平方米，在 ({lon}, {lat})。",
        "请把这一块划为单独的网格，或并入相邻网格。",
        "It is not in one piece: another part of {size_m2} m² lies at ({lon}, {lat}).",
        "Make that part a grid of its own, or give it to a neighbour.",
    ),
    "grid_covered": Message(
        "整个网格都被别的网格盖住。",
        "请删除重复的网格。",
        "It lies wholly under other grids.",
        "Delete the grid that is there twice.",
    ),
    "grid_nowhere": Message(
        "不在要划分的任何社区之内。",
        "请核对坐标系和 --area，或删除该行。",
        "It lies in none of the communities to be divided.",
        "Check the coordinate system and --area, or delete the row.",
    ),
    "grid_area_unknown": Message(
        "要划分的区域里没有社区“{area}”。",
        "现有：{known}。请改正，或把该列清空，按图形判断。",
        'There is no community "{area}" in the area to be divided.',
        "There are: {known}. Correct it, or empty the column to go by the shape.",
    ),
    "grid_list_nameless": Message(
        "既没有网格编码，也没有网格名称。",
        "请至少填一项。",
        "It has neither a code nor a name of a grid.",
        "Fill in one of them.",
    ),
    "grid_list_empty": Message(
        "清单里没有一行能对上楼栋。",
        "请核对小区名称和楼号，或先导入楼栋（sanbai import buildings …）。",
        "No row of the list matches a building.",
        "Check the names of compounds and the numbers, or import the buildings first.",
    ),
    "list_compound_unknown": Message(
        "没有名为“{compound}”的小区。",
        "最接近的：{near}。请改正名称，或先导入该小区的楼栋。",
        'No building belongs to a compound "{compound}".',
        "The most like: {near}. Correct the name, or import its buildings first.",
    ),
    "list_building_unknown": Message(
        "小区“{compound}”里没有 {missing}。",
        "请核对楼号；现有：{known}。",
        "Compound {compound} has no building {missing}.",
        "Check the numbers; there are: {known}.",
    ),
    "list_range_bad": Message(
        "楼栋写法“{word}”看不懂。",
        "请写成 1-5号楼、7号楼，或“全部”。",
        'The buildings "{word}" cannot be understood.',
        "Write 1-5号楼、7号楼, or 全部 for all.",
    ),
    "list_building_twice": Message(
        "“{compound}”的 {building} 已列在网格 {other} 里。",
        "每栋楼只能属于一个网格，已按先出现的处理。",
        "Building {building} of {compound} is listed in grid {other} already.",
        "A building belongs to one grid; the first entry was taken.",
    ),
    "list_building_apart": Message(
        "网格 {grid} 的 {count} 栋楼（{households} 户）与该网格其余部分不相连，已并入相邻网格。",
        "请核对；需要时在编辑器里调整。",
        "{count} buildings ({households} households) of grid {grid} lie apart from the rest of it "
        "and went to a neighbouring grid.",
        "Check them, and redraw in the editor where needed.",
    ),
    "plan_not_draft": Message(
        "方案 {plan} 不是草案（状态：{status}），不能改。",
        "请另建草案：去掉 --plan，用 --area。",
        "Plan {plan} is not a draft (it is {status}) and cannot be changed.",
        "Make a new draft: leave out --plan and give --area.",
    ),
}
