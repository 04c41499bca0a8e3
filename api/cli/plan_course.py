"""Taking a plan from draft to publication at the command line, with what stands in the way."""

from datetime import date, datetime
from uuid import UUID

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from data import plan_steps
from data.exports.grid_file import GridFileError
from data.plan_errors import PlanError
from data.plans import PlanKey
from data.plans_read import problems_of
from data.publication import publish_plan
from geo.plan_check import ProblemCode

MOST_LINES = 30

REFUSALS_ZH = {
    "unknown": "没有这个方案。",
    "published": "方案已经发布。",
    "not-generated": "网格还没有生成。",
    "not-checked": "检查之后又改过，请再检查一次。",
    "not-approved": "请先检查并批准。",
    "state": "方案当前的状态不允许这一步。",
    "same-person": "须由拟定人以外的人批准。",
    "day-passed": "已经生效的网格不能从过去的日期起替换，最早 {day}。",
    "later-plan": "这些社区另有网格自 {day} 起生效，请选更晚的日期。",
    "codes-taken": "这些编码别处正在使用：{codes}。",
}
PROBLEMS: dict[ProblemCode, tuple[str, str]] = {
    "gap": ("缝隙", "gap"),
    "overlap": ("重叠", "overlap"),
    "outside": ("超出社区", "outside its community"),
    "pieces": ("不是一整块", "not in one piece"),
    "edges": ("与邻格的顶点不一致", "vertices differ from the neighbour's"),
    "code-twice": ("编码重复", "code used twice"),
    "code-taken": ("编码别处在用", "code in use elsewhere"),
    "code-prefix": ("编码不以社区编码开头", "code does not begin with the community's"),
    "name-twice": ("名称重复", "name used twice"),
    "community-without-grids": ("社区没有网格", "community without grids"),
    "households": ("户数偏离目标", "households off the target"),
    "households-changed": ("户数与楼栋不符", "households differ from the buildings'"),
    "building-cut": ("切开楼栋", "building cut"),
}


def publish_from_draft(
    connection: Connection,
    plan: PlanKey,
    *,
    day: date,
    reason: str | None,
    by: UUID,
    at: datetime,
    by_another: bool,
    console: Console,
) -> int:
    """Check, approve and publish a plan, whichever of these are still to be done.

    Parameters
    ----------
    by_another
        Whether who drew the plan up may not approve it.
    console
        Where the check's problems go.

    Returns
    -------
    Open cases that moved.

    Raises
    ------
    GridFileError
        Why it cannot be published; the transaction is to be rolled back.
    """
    key = (plan.district_id, plan.id)
    try:
        standing = plan_steps.standing_of(connection, *key)
        if standing.status == "draft":
            passed = plan_steps.check(connection, *key, by=by, at=at)
            _show_problems(connection, key, console)
            if not passed:
                raise GridFileError(
                    f"方案 {plan.id} 检查未通过，请先修改。",
                    f"Plan {plan.id} did not pass its check: mend it first.",
                )
        if standing.status in {"draft", "checked"}:
            plan_steps.approve(
                connection, *key, by=by, at=at, reason=reason or "", by_another=by_another
            )
        return publish_plan(
            connection, *key, effective_on=day, reason=reason, published_by=by, at=at
        )
    except PlanError as error:
        words = REFUSALS_ZH[error.code].format(day=error.day, codes="、".join(error.codes))
        raise GridFileError(f"方案 {plan.id} 不能发布：{words}", error.detail) from error


def _show_problems(connection: Connection, key: tuple[int, int], console: Console) -> None:
    problems = problems_of(connection, *key)
    if not problems:
        return
    table = Table(title="检查结果 What the check found")
    for heading in ("问题 Problem", "社区 Community", "网格 Grids", "须改 Forbids"):
        table.add_column(heading)
    for problem in problems[:MOST_LINES]:
        zh, en = PROBLEMS[problem["code"]]
        forbids = "是 yes" if problem["forbids"] else ""
        table.add_row(f"{zh} {en}", problem["area"], ", ".join(problem["grids"]), forbids)
    console.print(table)
    if len(problems) > MOST_LINES:
        rest = len(problems) - MOST_LINES
        console.print(f"另有 {rest} 个问题 · {rest} more problems")
