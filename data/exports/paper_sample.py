"""A case that is none, to see how a template of a paper looks when it is filled."""

from collections.abc import Mapping
from typing import Final

from data.exports.paper_forms import FIELDS, MARKS, NAMES, Kind

_SAMPLE: Final[Mapping[str, str]] = {
    "office": "某某区联勤共治指挥中心",
    "unit": "某某街道环卫所",
    "case_number": "2026000123",
    "external_number": "12345-2026-0456",
    "category": "暴露垃圾",
    "severity": "黄色（重）",
    "source": "热线",
    "address": "幸福路2号幸福家园3号楼东侧",
    "area": "幸福社区",
    "grid": "第一网格",
    "description": "三号楼东侧垃圾成堆，占了半条路，散发异味，影响居民通行。",
    "received_at": "2026年11月20日 10:05",
    "deadline": "2026年11月21日 10:05",
    "demand": "清运积存垃圾，冲洗地面，并在此处增设垃圾桶。",
    "due_on": "2026年11月25日",
    "issued_on": "2026年11月20日",
    "issued_by": "值班人员",
}


def sample_values(kind: Kind) -> dict[str, str]:
    """A value for every field that a template may name; what is made with them says so itself."""
    values = {
        **_SAMPLE,
        "number": f"{MARKS[kind]}〔2026〕0号（试填）",
        "kind": NAMES[kind][0],
    }
    return {name: values[name] for name in FIELDS}
