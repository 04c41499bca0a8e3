"""What can be said about running lists 台账 and their rows."""

from typing import Final

from data.imports.messages import Message

LIST_MESSAGES: Final[dict[str, Message]] = {
    "list_too_long": Message(
        "工作表“{sheet}”有 {rows} 行，一次最多 {limit} 行。",
        "请按月份拆开，分几次导入；同一条不会重复登记。",
        'The sheet "{sheet}" has {rows} rows; the most at once is {limit}.',
        "Split it by month and import the parts; no row is filed twice.",
    ),
    "no_verdict_columns": Message(
        "文件里没有找到“工单编号”和“对方意见”两列。",
        "请用本系统导出的答复表填写“对方意见”（采纳或退回）后再导入。",
        "There are no columns for the ticket's number and for the office's answer.",
        "Fill “Their answer” in the sheet of answers that was exported here, and import that.",
    ),
    "header_missing": Message(
        "在工作表“{sheet}”里没有找到表头。",
        "请指出表头在第几行到第几行。",
        'No header was found in the sheet "{sheet}".',
        "Say in which rows it stands.",
    ),
    "header_rows_bad": Message(
        "工作表“{sheet}”的第 {first} 行到第 {last} 行不能作表头。",
        "表头要在表内，最多 10 行，起始行不大于结束行。",
        'Rows {first} to {last} of the sheet "{sheet}" cannot be a header.',
        "It lies within the sheet, has at most 10 rows, and its first row is not after its last.",
    ),
    "sheets_differ": Message(
        "工作表“{sheet}”的表头与第一个工作表不同。",
        "请分开导入，或只勾选表头相同的工作表。",
        'The header of the sheet "{sheet}" is not that of the first one.',
        "Import it by itself, or choose only sheets of the same header.",
    ),
    "column_private": Message(
        "“{column}”列是个人信息（姓名、电话等）。",
        "本系统只记地点和问题，不存个人信息，请改选其他列。",
        'The column "{column}" is about persons (names, telephone numbers).',
        "Only places and hazards are kept here: choose another column.",
    ),
    "column_twice": Message(
        "“{column}”列被选了两次。",
        "一列只能对应一项，请改选其中一个。",
        'The column "{column}" was chosen twice.',
        "A column serves one field: change one of the two.",
    ),
    "source_missing": Message(
        "还没有给这份台账起名。",
        "请写明是哪份台账，如“12345热线”；以后凭它和编号认出同一条。",
        "This list has no name yet.",
        "Say which list it is, such as 12345 hotline: by it and its number a row is known again.",
    ),
    "row_repeated": Message(
        "这一行与第 {first} 行完全相同，又没有编号。",
        "若是两件事，请补上编号或写清时间、地点；若是重复，请删掉一行。",
        "This row is the same as row {first} and has no number.",
        "If these are two things, add a number or say time and place; else delete one.",
    ),
    "row_says_nothing": Message(
        "这一行没有问题描述，也没有地址和坐标。",
        "请补上其中一项，或删除这一行。",
        "This row has no description, no address and no coordinates.",
        "Fill in one of them, or delete the row.",
    ),
    "number_rounded": Message(
        "编号被 Excel 变成了科学计数，末尾几位已经丢失。",
        "请在原系统重新导出，或把该列设为“文本”后重填。",
        "Excel has turned the number into a rounded quantity; its last digits are lost.",
        'Export it again, or format the column as "Text" and fill it in anew.',
    ),
    "date_bad": Message(
        "看不懂这个日期。",
        "可写 2026-3-5、2026.3.5、3月5日、2026年3月5日上午、2026/3/5 14:30。",
        "This date cannot be read.",
        "Write 2026-3-5, 2026.3.5, 3月5日, 2026年3月5日上午 or 2026/3/5 14:30.",
    ),
    "date_unclear": Message(
        "这是一个数，不是日期：3.1 可能是 3月1日，也可能是 3月10日。",
        "请写成 3月1日 或 2026-3-1。",
        "This is a number, not a date: 3.1 may be the 1st or the 10th of March.",
        "Write 3月1日 or 2026-3-1.",
    ),
    "date_future": Message(
        "日期在今天（{today}）之后。",
        "请核对年份和月份。",
        "The date lies after today ({today}).",
        "Check its year and month.",
    ),
    "date_old": Message(
        "日期早于 2000 年。",
        "请核对年份。",
        "The date lies before the year 2000.",
        "Check its year.",
    ),
    "category_missing": Message(
        "没有写类别。",
        "请补上，或为整份台账选一个类别。",
        "No category is given.",
        "Fill it in, or choose one category for the whole list.",
    ),
    "category_unsaid": Message(
        "还不知道“{word}”是哪个类别。",
        "请在“还不认识的词”里选一次，以后不再问。",
        'Nobody has said yet which category "{word}" is.',
        "Choose it once among the words; it will not be asked again.",
    ),
    "list_not_yours": Message(
        "这条问题属于别的辖区，您看不到它。",
        "请由上级或该辖区导入。",
        "This row is a case of another area that you may not see.",
        "Have it imported by that area, or by the one above.",
    ),
}
