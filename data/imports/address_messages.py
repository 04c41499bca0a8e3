"""What can be said about a list of addresses."""

from typing import Final

from data.imports.messages import Message

ADDRESS_MESSAGES: Final[dict[str, Message]] = {
    "address_unnamed": Message(
        "名称和地址都没有填。",
        "请至少填一项。",
        "It has neither a name nor an address.",
        "Fill in one of them.",
    ),
    "address_nowhere": Message(
        "没有坐标，按“{text}”也找不到已有的楼栋或地名。",
        "请补经纬度，或改成已有楼栋、地名的写法。",
        'It has no position, and "{text}" is no building or place that is known.',
        "Add longitude and latitude, or write it as a known building or place is written.",
    ),
    "address_unsure": Message(
        "没有坐标，“{text}”不能确定是哪里，最接近的：{near}。",
        "请补经纬度，或写得更全。",
        'It has no position, and "{text}" cannot be told for certain; the nearest: {near}.',
        "Add longitude and latitude, or write it more fully.",
    ),
    "address_outside": Message(
        "位置不在该区县内。",
        "请核对经纬度和 --datum。",
        "It lies outside the district.",
        "Check its position and --datum.",
    ),
    "address_twice": Message(
        "与第 {first} 行相同（名称、地址、村和位置）。",
        "请删去一行。",
        "It is the same as row {first}: name, address, village and position.",
        "Delete one of them.",
    ),
}
