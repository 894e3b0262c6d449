"""How long the preview of RT60 takes to show a frame after an edit, at 640x360, in a process that has painted before.

`python -m studio.bench.preview FOLDER ITEMS HEIGHT`
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from studio.bench.ours import EDITS, edited
from studio.bench.rt60 import Cut, Film, build
from studio.timeline.export import flipbook

WIDTH = 640
PAINTED = [edit for edit in EDITS if edit in ("title", "caption", "clip")]


def waits(film: Film) -> dict[str, float]:
    """For each kind of edit, the seconds until its first frame has come; and `middle`, the longest until one halfway
    through a changed piece has, for a playhead that stands there."""
    before = {piece.key for piece in flipbook.pieces(film.timeline(), film.media, WIDTH)}
    shown(film, PAINTED[0], before, 1)
    found, middles = {}, []
    for edit in PAINTED:
        found[edit], middle = shown(film, edit, before, 0)
        middles.append(middle)
    return found | {"middle": max(middles)}


def shown(film: Film, edit: str, before: set[str], n: int) -> tuple[float, float]:
    """Seconds from the edit to its first new frame, and to that in the middle of the piece."""
    began, timeline = time.perf_counter(), edited(film, edit, n)
    piece = next(piece for piece in flipbook.pieces(timeline, film.media, WIDTH) if piece.key not in before)
    with tempfile.TemporaryDirectory() as folder:
        pages = flipbook.pages(timeline, film.media, piece, WIDTH, Path(folder), threading.Lock())
        next(pages)
        first = time.perf_counter() - began
        for _ in range(piece.frames // 2):
            next(pages)
        middle = time.perf_counter() - began
        pages.close()
    return first, middle


def main() -> None:
    folder, items, height = sys.argv[1:]
    print(json.dumps(waits(build(Path(folder) / "sources", Cut(int(items), int(height))))))


if __name__ == "__main__":
    main()
