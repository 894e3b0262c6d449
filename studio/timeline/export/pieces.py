"""Paints and encodes the pieces of a film that are not on the shelf yet, as many at a time as the machine has cores."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import psutil

from studio.timeline.export import check
from studio.timeline.export.codecs import Spec
from studio.timeline.export.encode import failed, write_piece
from studio.timeline.export.order import Order
from studio.timeline.export.segments import Segment
from studio.timeline.paint.painter import Painter
from studio.timeline.paint.picture import Picture

BYTES_A_PIXEL = 140
"""What a painter and an encoder take, for each pixel of the picture."""
SHARE = 16
"""A sixteenth of the machine's memory may go into that, and always enough for two."""
LOOK_S = 0.05
AHEAD = 2
"""Where there are few pieces, each is painted so many frames before it is encoded: no core waits for the other."""


class Rows:
    """Pieces still to be made, in one stretch of film for each hand, so that every decoder goes forward. A hand whose
    own stretch is done takes over the second half of the longest one left."""

    def __init__(self, todo: list[Segment], hands: int):
        self.lock = threading.Lock()
        self.left: list[list[Segment]] = [[] for _ in range(hands)]
        total, so_far = sum(piece.frames for piece in todo), 0
        for piece in todo:
            self.left[min(hands - 1, so_far * hands // total)].append(piece)
            so_far += piece.frames

    def next(self, hand: int) -> Segment | None:
        with self.lock:
            if not self.left[hand]:
                longest = max(self.left, key=lambda row: sum(piece.frames for piece in row))
                half = len(longest) // 2
                self.left[hand], longest[half:] = longest[half:], []
            return self.left[hand].pop(0) if self.left[hand] else None


def hands_for(spec: Spec, pieces: int) -> int:
    """How many pieces are made at a time."""
    if spec.coding.alone:
        return 1
    room = psutil.virtual_memory().total // SHARE // (spec.width * spec.height * BYTES_A_PIXEL)
    return max(1, min(pieces, os.cpu_count() or 1, max(2, room)))


def make_pieces(order: Order, plan: list[Segment], spec: Spec) -> int:
    """Make what the shelf does not have; says how many pieces that was."""
    todo = sorted({piece.key: piece for piece in plan if order.shelf.get(piece.key) is None}.values())
    if not todo:
        return 0
    hands = hands_for(spec, len(todo))
    rows, painted, ahead = Rows(todo, hands), [0] * hands, AHEAD if len(todo) <= 2 * hands else 0
    with ThreadPoolExecutor(hands, "painter") as crew:
        jobs = [crew.submit(make_row, order, rows, hand, spec, painted, ahead) for hand in range(hands)]
        try:
            watch(order, jobs, painted, sum(piece.frames for piece in todo))
        except BaseException:
            order.stopped.set()
            raise
    return len(todo)


def watch(order: Order, jobs: list, painted: list[int], total: int) -> None:
    """Report until all is made; whoever reports may be told to stop."""
    began = time.monotonic()
    while True:
        done, left = wait(jobs, LOOK_S, FIRST_EXCEPTION)
        for job in done:
            job.result()
        order.progress(0.96 * sum(painted) / total, note(sum(painted), total, time.monotonic() - began))
        if not left:
            return


def note(done: int, total: int, seconds: float) -> str:
    """How far it is, how fast it goes, and how long it will take."""
    if not done or seconds < 1:
        return f"Frame {done} of {total}"
    left = round((total - done) * seconds / done)
    clock = f"{left // 60} min {left % 60} s" if left >= 60 else f"{left} s"
    return f"Frame {done} of {total} · {done / seconds:.0f} fps · {clock} left"


def make_row(order: Order, rows: Rows, hand: int, spec: Spec, painted: list[int], ahead: int) -> None:
    """One hand's work: piece after piece, each looked at before it goes on the shelf."""
    size, clear = (spec.width, spec.height), "a" in spec.coding.pixels[:4]
    with Painter(order.timeline, order.media, size, order.settings.burn_captions, clear) as painter:
        while (piece := rows.next(hand)) is not None:
            with order.shelf.making(piece.key, spec.coding.piece) as path:
                if write_piece(path, pictures(order, painter, piece, hand, painted), spec, ahead) != piece.frames:
                    raise failed(RuntimeError("a piece came out short"))
                check.piece(path, piece.frames)


def pictures(order: Order, painter: Painter, piece: Segment, hand: int, painted: list[int]) -> Iterator[Picture]:
    for n in range(piece.start, piece.end):
        order.alive()
        yield painter.frame(n)
        painted[hand] += 1
