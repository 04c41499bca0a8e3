"""What an import of tracks can say, beyond what every import says."""

from typing import Final, Literal

from data.imports.messages import Message

DropReason = Literal[
    "in_future",
    "repeated",
    "off_hours",
    "no_grids",
    "far_from_duty",
    "already_recorded",
    "untracked_duty",
    "too_short",
    "too_long",
]
# Why fixes were not stored although nothing is wrong with them: Chinese, English.
DROPPED: Final[dict[DropReason, tuple[str, str]]] = {
    "in_future": ("时间晚于现在", "in the future"),
    "repeated": ("与上一点时间相同", "same time as the fix before"),
    "off_hours": ("不在值守时段内", "outside the hours of duty"),
    "no_grids": ("当天没有负责的网格", "no grids assigned that day"),
    "far_from_duty": ("离值守网格超过 200 米", "more than 200 m from the grids on duty"),
    "already_recorded": ("该时段已有记录", "that time is recorded already"),
    "untracked_duty": ("该时段值守不留轨迹", "on a duty that keeps no track"),
    "too_short": ("不成一段（点少或时间短）", "too few fixes or too short a time"),
    "too_long": ("连续超过 24 小时", "longer than 24 hours on end"),
}
TRACK_MESSAGES: Final[dict[str, Message]] = {
    "row_torn": Message(
        "这一行有 {found} 列，应有 {expected} 列。",
        "请检查该行的分隔符和引号。",
        "The row has {found} columns instead of {expected}.",
        "Check its delimiters and quotes.",
    ),
    "track_login_unknown": Message(
        "没有可用的账号“{login}”（共 {count} 行）。",
        "请写网格员的登录名（sanbai users list 可查）。",
        "There is no active account {login} ({count} rows).",
        "Write the officer's login (see sanbai users list).",
    ),
    "track_owner_unknown": Message(
        "不知道 {path} 是谁的轨迹。",
        "请加“账号”列，或在文件名、文件夹名中写登录名（如 officer001_20261119.gpx），或用 --as。",
        "Nothing says whose tracks {path} holds.",
        "Add a column login, put the login into the name of file or folder"
        " (officer001_20261119.gpx), or say --as.",
    ),
    "track_owners_several": Message(
        "文件名中有几个登录名：{logins}。",
        "请用 --file-pattern 说明登录名写在哪里，如 轨迹_{{login}}_*。",
        "The name holds several logins: {logins}.",
        "Say with --file-pattern where the login stands, such as track_{{login}}_*.",
    ),
    "track_without_places": Message(
        "{path} 里没有带位置的记录。",
        "请确认设备打开了定位；室内运动没有轨迹。",
        "No record of {path} has a place.",
        "See that the device had its GPS on; indoor sports have no track.",
    ),
    "hours_bad": Message(
        "值守时段“{hours}”读不通。",
        "请写成 08:00-12:00；跨夜写 22:00-06:00。",
        "The hours of duty {hours} cannot be read.",
        "Write them as 08:00-12:00; over midnight as 22:00-06:00.",
    ),
}
