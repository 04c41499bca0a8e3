"""Why a plan cannot be taken further as asked."""

from collections.abc import Sequence
from datetime import date


class PlanError(Exception):
    """A plan's step is refused; nothing has changed.

    Parameters
    ----------
    code
        `unknown`, `published`, `not-generated`, `not-checked`, `not-approved`, `state`,
        `same-person`, `not-signed`, `day-passed`, `later-plan`, `codes-taken`, `not-published`,
        `nothing-before`, `unknown-grid` or `unknown-officer`.
    detail
        One English sentence: what to do.
    day
        For `day-passed` and `later-plan`: the first day that would do, or that of the later plan.
    status
        The state the plan is in, where that is what forbids it.
    codes
        For `codes-taken`: the codes; for `not-signed`: those of the communities.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        day: date | None = None,
        *,
        status: str | None = None,
        codes: Sequence[str] = (),
    ) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.day = day
        self.status = status
        self.codes = tuple(codes)
