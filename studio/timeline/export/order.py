"""One export under way, what it reports when it is done, and what can be wrong with one from the start."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.faults import Cancelled, Invalid
from studio.timeline.export.presets import ExportSettings, frame_at
from studio.timeline.export.shelf import Shelf
from studio.timeline.model import Timeline
from studio.types import Asset

Progress = Callable[[float, str], None]


class EmptyFilm(Invalid):
    """A timeline with nothing on it has no film; nor has a range that lies beyond its end."""


@dataclass(frozen=True)
class Report:
    """What was written. Loudness in LUFS and peak in dBTP as measured on the file; None where there is no sound.

    `pieces` is how many the film was joined from and `made` how many of them were not there yet; `extras` are files
    written beside the film."""

    path: Path
    bytes: int = 0
    frames: int = 0
    fps: str = ""
    seconds: float = 0
    width: int = 0
    height: int = 0
    codec: str = ""
    encoder: str = ""
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None
    pieces: int = 0
    made: int = 0
    chapters: int = 0
    took_s: float = 0
    extras: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class Order:
    """One export while it is under way: frames [first, end) of a timeline, into a file of one kind."""

    timeline: Timeline
    media: Mapping[str, Asset]
    out: Path
    kind: str
    shelf: Shelf
    settings: ExportSettings
    progress: Progress
    stopped: threading.Event = field(default_factory=threading.Event)

    @property
    def first(self) -> int:
        start = self.settings.start
        return 0 if start is None else frame_at(start, self.timeline.fps)

    @property
    def end(self) -> int:
        end, last = self.settings.end, self.timeline.frames
        return last if end is None else min(last, frame_at(end, self.timeline.fps))

    @property
    def frames(self) -> int:
        return self.end - self.first

    def alive(self) -> None:
        """Called from the helping threads: ends them soon after the export has been stopped."""
        if self.stopped.is_set():
            raise Cancelled

    def some(self) -> None:
        """Raises `EmptyFilm` when the range holds no frame."""
        if self.frames < 1:
            last = self.timeline.frames
            raise EmptyFilm("There is no film in that range.", f"The film has {last} frames; from comes before to.")
