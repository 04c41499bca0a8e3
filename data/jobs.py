"""Handing work to the background worker, in the transaction that makes it necessary."""

import json
from typing import Any

from sqlalchemy import Connection, text


def defer(
    connection: Connection,
    task: str,
    arguments: dict[str, Any],
    *,
    queue: str = "default",
    lock: str | None = None,
    priority: int = 0,
) -> int:
    """Queue a job that begins once this transaction has been committed.

    Parameters
    ----------
    task
        Name of a task of `api.worker`.
    arguments
        Its arguments, as JSON.
    lock
        Jobs with the same lock run one after the other.
    priority
        Of the jobs that wait, those with the highest go first.

    Returns
    -------
    Id of the job.
    """
    ids: list[int] = connection.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW("
            ":queue, :task, :priority, :lock, NULL, CAST(:arguments AS jsonb), NULL"
            ")::procrastinate_job_to_defer_v1])"
        ),
        {
            "queue": queue,
            "task": task,
            "priority": priority,
            "lock": lock,
            "arguments": json.dumps(arguments),
        },
    ).scalar_one()
    return ids[0]
