"""Named places where a test may make the process die: `STUDIO_FAILPOINT=after_rename:kill`."""

from __future__ import annotations

import os
import signal


def failpoint(name: str) -> None:
    if os.environ.get("STUDIO_FAILPOINT") == f"{name}:kill":
        os.kill(os.getpid(), signal.SIGKILL)
