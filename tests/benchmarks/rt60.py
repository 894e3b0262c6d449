"""Holds the export engine to its marks on this machine: `PYTHONPATH=. python tests/benchmarks/rt60.py [--quick]`.

The film and the measuring are studio/bench's, so that `studio bench export` prints the same figures. Ends with 1 when a
check is broken, or, in its full form, a mark is missed.
"""

from __future__ import annotations

import sys

from studio.bench.export import MARKS, run, table


def missed(found: dict) -> list[str]:
    """The marks that were not reached."""
    full, edits = found["full"], {name: found[f"edit_{name}"] for name in ("title", "caption", "clip", "music")}
    edits["unchanged"] = found["unchanged"]
    late = [f"full {key}" for key in ("ratio_wall", "ratio_cpu") if full[key] > MARKS["full"]]
    late += ["memory"] * (full["memory_mb"] > MARKS["memory_mb"])
    late += [name for name, cost in edits.items() if cost["times_faster"] < MARKS[name]]
    late += [f"preview {name}" for name, wait in found["preview"].items() if wait > MARKS["preview_s"]]
    times = {name: cost["ratio_wall"] / full["ratio_wall"] for name, cost in found["peers"].items() if name in MARKS}
    return late + [name for name, faster in times.items() if faster < MARKS[name]]


if __name__ == "__main__":
    quick = "--quick" in sys.argv
    found = run(quick, say=print)
    for row in table(found):
        print("{:45} {:34} {}".format(*row).rstrip())
    broken = [name for name, kept in found["checks"].items() if not kept]
    late = [] if quick else missed(found)
    print(f"broken: {', '.join(broken) or 'nothing'}; missed: {', '.join(late) or 'nothing'}")
    raise SystemExit(bool(broken or late))
