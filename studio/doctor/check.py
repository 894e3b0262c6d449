"""One thing that was looked at."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Check(BaseModel):
    """One thing looked at: `warn` is worth knowing, `bad` keeps the studio from working."""

    model_config = ConfigDict(frozen=True)

    name: str
    state: Literal["ok", "warn", "bad"]
    found: str
    cure: str = ""
