"""What a job is about, in a few words."""

from __future__ import annotations

from typing import Any


def words_of(job: Any) -> str:
    options = job.recipe.options
    return str(options.get("prompt") or options.get("text") or options.get("timeline", {}).get("title") or "")[:60]
