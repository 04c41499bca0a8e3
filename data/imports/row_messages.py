"""What can be said about one row that cannot be imported."""

from typing import Final

from data.imports.messages import Message

ROW_MESSAGES: Final[dict[str, Message]] = {
    "geometry_missing": Message(
        "没有图形，或图形数据损坏。",
        "请补画，或删除该行。",
        "There is no shape, or it is broken.",
        "Draw it, or delete the row.",
    ),
    "geometry_type": Message(
        "图形是{found_zh}，这里需要{needed_zh}。",
        "请改画，或删除该行。",
        "The shape is of another kind ({found_en}); here {needed_en} are needed.",
        "Redraw it, or delete the row.",
    ),
    "geometry_invalid": Message(
        "图形无效：{reason_zh}，位置 ({x}, {y})。",
        "请在 QGIS 中用“检查有效性”找到并修正。",
        "The shape is not valid: {reason_en} at ({x}, {y}).",
        'Find and mend it in QGIS with "Check validity".',
    ),
    "geometry_too_large": Message(
        "一个图形有 {vertices} 个顶点，超过上限 {limit}。",
        "请在 QGIS 中简化或拆开。",
        "One shape has {vertices} vertices; the limit is {limit}.",
        "Simplify or split it in QGIS.",
    ),
    "geometry_zero": Message(
        "图形面积或长度为零。",
        "请改画，或删除该行。",
        "The shape has no area or no length.",
        "Redraw it, or delete the row.",
    ),
    "coordinate_missing": Message(
        "没有坐标。",
        "请补上经度和纬度；若是合计行请删除。",
        "The coordinates are missing.",
        "Fill in lon and lat; delete the row if it is a total.",
    ),
    "coordinate_bad": Message(
        "坐标不是数字。",
        "请写十进制度数，如 118.0431；度分秒请先换算。",
        "The coordinate is not a number.",
        "Write decimal degrees such as 118.0431; convert degrees, minutes, seconds first.",
    ),
    "coordinate_range": Message(
        "坐标超出范围（经度={lon}，纬度={lat}）。",
        "经度须在 -180～180，纬度须在 -90～90，请核对。",
        "The coordinates are out of range (lon={lon}, lat={lat}).",
        "Longitude lies in -180…180, latitude in -90…90: check them.",
    ),
    "coordinate_zero": Message(
        "坐标是 (0, 0)，说明没有定位。",
        "请补上真实坐标，或删除该行。",
        "The coordinates are (0, 0): there was no position fix.",
        "Fill in the real place, or delete the row.",
    ),
    "coordinate_swapped": Message(
        "这一行的经度和纬度写反了。",
        "请把两个数对调。",
        "Longitude and latitude are swapped in this row.",
        "Swap the two numbers.",
    ),
    "wkt_bad": Message(
        "WKT 读不通。",
        "应形如 POLYGON ((118.04 36.81, …))；太长时 Excel 会截断（32767 字），请改用 GPKG。",
        "The WKT cannot be read.",
        "It should look like POLYGON ((118.04 36.81, …)); Excel cuts it at 32,767 characters: "
        "use GPKG for long ones.",
    ),
    "value_missing": Message(
        "“{field_zh}”没有填。",
        "请补上。",
        "The value for {field} is missing.",
        "Fill it in.",
    ),
    "count_missing": Message(
        "“{field_zh}”没有填。",
        "请填数字；没有住户的填 0。",
        "The value for {field} is missing.",
        "Fill it in; write 0 where nobody lives.",
    ),
    "count_bad": Message(
        "“{field_zh}”不是整数。",
        "请只写数字，如 36。",
        "The value for {field} is not a whole number.",
        "Write digits only, such as 36.",
    ),
    "count_negative": Message(
        "“{field_zh}”是负数。",
        "请改为 0 或正整数。",
        "The value for {field} is negative.",
        "Make it 0 or a positive whole number.",
    ),
    "count_too_large": Message(
        "“{field_zh}”大得不合理（上限 {limit}）。",
        "请核对是否多写了零，或把合计写进了单栋。",
        "The value for {field} is too large to be true (limit {limit}).",
        "Check for an extra zero, or a total written into one row.",
    ),
    "number_bad": Message(
        "“{field_zh}”不是数字。",
        "请只写数字。",
        "The value for {field} is not a number.",
        "Write a number only.",
    ),
    "text_too_long": Message(
        "“{field_zh}”有 {length} 个字，超过上限 {limit}。",
        "请缩短。",
        "The value for {field} has {length} characters; the limit is {limit}.",
        "Shorten it.",
    ),
    "text_garbled": Message(
        "文字是乱码。",
        "文件编码判断有误或早已损坏：请用 --encoding gbk 或 utf-8 再试，否则请从源头重新导出。",
        "The text is garbled.",
        "The encoding was misread or broken long ago: try --encoding gbk or utf-8, or export "
        "it again from the source.",
    ),
    "excel_error": Message(
        "单元格是 Excel 错误值。",
        "请修正公式，或粘贴为数值。",
        "The cell is an Excel error.",
        "Mend the formula, or paste the value.",
    ),
    "code_bad": Message(
        "“{field_zh}”格式不对，应为 {digits} 位数字。",
        "请核对，如 370303001002。",
        "The {field} is not well formed: {digits} digits are needed.",
        "Check it; an example: 370303001002.",
    ),
    "code_rounded": Message(
        "“{field_zh}”被 Excel 改成了科学计数法，后几位已丢失。",
        "请把该列设为“文本”格式，重新填写编码。",
        "Excel turned the {field} into scientific notation and lost its last digits.",
        'Format the column as "Text" and enter the codes again.',
    ),
    "choice_bad": Message(
        "“{field_zh}”的值不认识。",
        "可用：{choices}。",
        "The value for {field} is not known.",
        "Possible: {choices}.",
    ),
    "time_bad": Message(
        "时间读不通。",
        "请写成 2026-03-05 08:30 或 2026-03-05T08:30:00+08:00。",
        "The time cannot be read.",
        "Write it as 2026-03-05 08:30 or 2026-03-05T08:30:00+08:00.",
    ),
    "category_unknown": Message(
        "没有“{category}”这个类别。",
        "请写类别编码或名称，如 06010 或 暴露垃圾。",
        "There is no category {category}.",
        "Write a category's code or its Chinese name, such as 06010.",
    ),
    "duplicate": Message(
        "“{field_zh}”与第 {first} 行重复。",
        "请删去一行，或改正编号。",
        "The {field} is the same as in row {first}.",
        "Delete one of the rows, or correct it.",
    ),
    "duplicate_shape": Message(
        "图形与第 {first} 行完全相同。",
        "请删去重复的一行，否则户数会算两次。",
        "The shape is the same as in row {first}.",
        "Delete one of them, or its households count twice.",
    ),
    "parent_missing": Message(
        "上级“{parent}”不在文件里，也不在系统中。",
        "请先导入上级区域，或改正上级编码。",
        "Its parent {parent} is neither in the file nor in the system.",
        "Import the parent first, or correct the code.",
    ),
    "parent_level": Message(
        "上级“{parent}”的级别不对：{level_zh}的上级应为{needed_zh}。",
        "请核对级别和上级编码。",
        "The parent {parent} is of the wrong level: a {level_en} belongs to a {needed_en}.",
        "Check the level and the parent's code.",
    ),
    "area_outside_parent": Message(
        "区域有 {outside_m2} 平方米在上级“{parent}”的范围之外。",
        "请在 QGIS 中把边界对齐到上级边界。",
        "{outside_m2} m² of the area lie outside its parent {parent}.",
        "Snap its boundary to the parent's in QGIS.",
    ),
    "areas_overlap": Message(
        "与“{other}”（{where_zh}）重叠 {overlap_m2} 平方米。",
        "请在 QGIS 中修正，使同级区域互不重叠。",
        "It overlaps {other} ({where_en}) by {overlap_m2} m².",
        "Mend it in QGIS: areas of one level must not overlap.",
    ),
    "parent_changed": Message(
        "系统中它属于“{known}”，文件里写的是“{parent}”。",
        "导入不会把区域移到另一上级之下；请核对上级编码。",
        "In the system it belongs to {known}, in the file to {parent}.",
        "An import never moves an area to another parent: check the parent's code.",
    ),
}
