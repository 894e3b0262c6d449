"""Whether another server answers: asked now and then, so that a list of models never waits for one that is gone."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S, FRESH_S = 0.7, 10.0
kept: dict[tuple[str, str], tuple[float, Any]] = {}
asking = threading.Lock()


def answers(url: str) -> bool:
    """Whether something takes connections there; what was found is believed for ten seconds."""
    return remembered("answers", url, lambda: connects(url))


def connects(url: str) -> bool:
    parts = urlsplit(url if "//" in url else f"//{url}")
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with socket.create_connection((parts.hostname or "", port), PATIENCE_S):
            return True
    except (OSError, ValueError):
        return False


def remembered(what: str, url: str, ask: Callable[[], Any]) -> Any:
    """The answer of `ask`, from memory when it is younger than ten seconds."""
    with asking:
        at, found = kept.get((what, url), (0.0, None))
        if not at or time.monotonic() - at > FRESH_S:
            found = ask()
            kept[what, url] = time.monotonic(), found
        return found


def forget() -> None:
    """Ask anew next time."""
    kept.clear()
