"""Timelines for other editors, and from them: one file a format. A bare file names its media in a folder `media` beside
it; with `.zip` behind its suffix it comes with that folder, its titles drawn as pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from studio.timeline.export.handover import bundle, cards, edl, fcpxml, mlt, otio, stems
from studio.timeline.export.order import Order, Report
from studio.timeline.model import Timeline
from studio.types import Asset

Writer = Callable[[Timeline, Mapping[str, Asset]], str]
WRITERS: dict[str, Writer] = {"otio": otio.write, "fcpxml": fcpxml.write, "edl": edl.write, "mlt": mlt.write}
"""Every editor's file, by its suffix."""


def bare(write: Writer, order: Order) -> Report:
    order.out.write_text(write(order.timeline, order.media), encoding="utf-8")
    return Report(order.out, frames=order.timeline.frames)


def packed(suffix: str, write: Writer, order: Order) -> Report:
    """The file with its media, and our own timeline, from which the zip opens here too."""
    pages: bundle.Pages = {f"film.{suffix}": write(order.timeline, order.media)}
    pages |= bundle.project_pages(order.timeline, order.media)
    pages |= {f"media/{name}": picture for name, picture in cards.pictures(order.timeline)}
    bundle.write(order.out, pages, order.media, order.progress)
    return Report(order.out, frames=order.timeline.frames)


def project(order: Order) -> Report:
    """Everything that the project needs on another machine."""
    bundle.write(order.out, bundle.project_pages(order.timeline, order.media), order.media, order.progress)
    return Report(order.out, frames=order.timeline.frames)


HANDOVERS: dict[str, Callable[[Order], Report]] = {
    "zip": project,
    **{suffix: partial(bare, write) for suffix, write in WRITERS.items()},
    **{f"{suffix}.zip": partial(packed, suffix, write) for suffix, write in WRITERS.items()},
    "stems.zip": stems.write,
}
"""What is handed over, by format."""
