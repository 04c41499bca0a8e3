"""What can be said about lists of households that cannot be taken over."""

from typing import Final

from data.imports.messages import Message

HOUSEHOLD_MESSAGES: Final[dict[str, Message]] = {
    "basis_unclear": Message(
        "没有说明户数是户籍还是常住。列：{columns}。",
        "请加 --basis registered（户籍）或 --basis resident（常住）。",
        "It is not said whether households are registered (户籍) or resident (常住). "
        "Columns: {columns}.",
        "Say --basis registered or --basis resident.",
    ),
    "basis_other": Message(
        "户数列“{column}”的口径与 --basis 所说的不同。",
        "请改 --basis，或用 --column households=列名 指定另一列。",
        "The column of households, {column}, is of another basis than --basis says.",
        "Change --basis, or name another column with --column households=COLUMN.",
    ),
    "district_needed": Message(
        "系统里不止一个区县。",
        "请用 --district 指定；现有：{codes}。",
        "There is more than one district in the system.",
        "Name one with --district; there are: {codes}.",
    ),
    "household_place_missing": Message(
        "社区（村）、小区都没有填，不知道是哪里的户数。",
        "请至少填一项。",
        "It names neither a community (village) nor a compound.",
        "Fill in one of them.",
    ),
    "household_place_unknown": Message(
        "没有名为“{place}”的社区、村、小区或街巷。",
        "最接近的：{near}。请改正名称，或先导入楼栋。",
        'No community, village, compound or lane is called "{place}".',
        "The most like: {near}. Correct the name, or import the buildings first.",
    ),
    "household_not_in_area": Message(
        "社区（村）“{area}”里没有“{place}”。",
        "请改正社区或小区的名称；不清楚时把社区一栏留空。",
        '"{place}" is not in community "{area}".',
        "Correct one of the names, or leave the community empty where it is not known.",
    ),
    "household_place_twice": Message(
        "“{place}”不止一处：{areas}。",
        "请在“社区”一栏写明是哪个社区（名称或编码）。",
        '"{place}" is the name of more than one place: {areas}.',
        "Say in the column of communities which one is meant, by name or code.",
    ),
    "household_counted_twice": Message(
        "与第 {other} 行是同一栋楼：{building}。",
        "每栋楼只能计一次；请删去重复的行，或从合计中分开。",
        "It names a building that row {other} has counted already: {building}.",
        "A building is counted once: delete the row that repeats it, or take it out of the total.",
    ),
    "household_no_home": Message(
        "“{place}”里没有可住人的楼（用途都是 {uses}），{households} 户无处可放。",
        "请核对楼栋的用途。",
        '"{place}" has no building to live in (they are used as {uses}) for {households} '
        "households.",
        "Check the use of its buildings.",
    ),
}
