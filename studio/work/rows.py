"""A row of the job table as a Job."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from studio.types import FINISHED, Asset, Job, JobError, Recipe, now


def moment(stamp: float | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def job_of(row: Any, assets: list[Asset], position: int | None) -> Job:
    return Job.model_construct(
        id=row["id"],
        task=row["task"],
        model=row["model"],
        status=row["status"],
        progress=row["progress"],
        note=row["note"],
        eta_s=eta(row),
        error=row["error"] and JobError.model_validate_json(row["error"]),
        recipe=Recipe.model_validate_json(row["recipe"]),
        assets=tuple(assets),
        position=position,
        priority=row["priority"],
        attempts=row["attempt"],
        retry_of=row["retry_of"],
        project=row["project"],
        maker=row["maker"],
        result=row["result"] and json.loads(row["result"]),
        created=moment(row["created"]) or now(),
        started=moment(row["started"]),
        finished=moment(row["finished"]),
    )


def eta(row: Any) -> float | None:
    """Seconds left, if it goes on as it has gone so far. The notes of a download and of a restoration know better: they
    may have begun halfway."""
    if (
        row["lane"] == "net"
        or row["task"] == "restore"
        or row["status"] in FINISHED
        or row["progress"] < 0.03
        or not row["started"]
    ):
        return None
    return round((time.time() - row["started"]) * (1 - row["progress"]) / row["progress"], 1)
