"""What torch makes of this machine: `python -m pipelines.trial [DEVICE]` computes something on it, and prints what it
found as JSON. A program of its own, because torch takes seconds to import and a broken driver can take the process
with it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

SIDE = 1024


def trial(device: str = "auto", within_s: float = 120) -> dict[str, Any]:
    """Try the device in another process. The answer has `error` alone when that process did not come back with one."""
    command = [sys.executable, "-m", "pipelines.trial", device]
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, timeout=within_s, cwd=Path(__file__).parent.parent
        )
    except subprocess.TimeoutExpired:
        return {"error": f"no answer within {within_s:.0f} s"}
    try:
        return json.loads(run.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        last = run.stderr.strip().splitlines()[-1:] or [f"it ended with {run.returncode}"]
        return {"error": last[0][:300]}


def look(device: str) -> dict[str, Any]:
    """Torch's build, the device's memory in GB, and whether matrix products in each precision come out right."""
    import torch

    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    found: dict[str, Any] = {"device": device, "torch": torch.__version__, "cuda": torch.version.cuda}
    if device.startswith("cuda"):
        free, total = torch.cuda.mem_get_info(device)
        major, minor = torch.cuda.get_device_capability(device)
        arch = f"sm_{major}{minor}"
        found |= {
            "title": torch.cuda.get_device_name(device),
            "driver": driver(),
            "free_gb": round(free / 1024**3, 1),
            "total_gb": round(total / 1024**3, 1),
            "capability": f"{major}.{minor}",
            "built_for": arch in torch.cuda.get_arch_list() or major >= 8,
        }
    found["right"] = {name: multiplies(device, name) for name in ("float32", "bfloat16", "float16", "float8_e4m3fn")}
    found["seconds"] = product_time(device)
    return found


def multiplies(device: str, name: str) -> bool:
    """Whether a product of whole numbers that this precision holds exactly comes out as it does on the processor."""
    import torch

    whole = torch.arange(64 * 64, dtype=torch.float32).reshape(64, 64) % 3
    try:
        given = whole.to(device).to(getattr(torch, name))
        if name.startswith("float8"):
            one = torch.ones((), device=device)
            made = torch._scaled_mm(
                given, given.t().contiguous().t(), scale_a=one, scale_b=one, out_dtype=torch.bfloat16
            )
        else:
            made = given @ given
        return bool(torch.equal(made.float().cpu(), (whole @ whole)))
    except (RuntimeError, NotImplementedError, TypeError, ValueError):
        return False


def product_time(device: str) -> float:
    """Seconds for one product of two 1024 x 1024 matrices, after a first one."""
    import torch

    a = torch.rand(SIDE, SIDE, device=device)
    (a @ a).sum().item()
    start = time.perf_counter()
    (a @ a).sum().item()
    return round(time.perf_counter() - start, 5)


def driver() -> str:
    from pipelines.device import asked

    rows = asked("driver_version")
    return rows[0][0] if rows else ""


if __name__ == "__main__":
    print(json.dumps(look(sys.argv[1] if len(sys.argv) > 1 else "auto")))
