"""CMX 3600 edit decision lists: one row of pictures and one of sound, cuts and dissolves, which every editor reads.

The format knows one picture track: the row with the most clips. Record times begin at 01:00:00:00, as is the custom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from studio.timeline.export.handover.cuts import Cut, cuts, halves
from studio.timeline.items import Clip, Title
from studio.timeline.model import Timeline, Track
from studio.types import Asset

HOUR = 3600


def write(timeline: Timeline, media: Mapping[str, Asset], folder: str = "media") -> str:
    """The text of an .edl file; comments say which file of `folder` each event is cut from."""
    lines = [f"TITLE: {printable(timeline.title or 'Untitled film')[:70]}", "FCM: NON-DROP FRAME", ""]
    number = 0
    for kind, channel in (("video", "V"), ("audio", "A")):
        for event in events(fullest(timeline, kind), timeline.fps):
            number += 1
            lines += [line.format(n=number, channel=channel) for line in told(event, timeline.fps, media, folder)]
    return "\n".join(lines) + "\n"


def fullest(timeline: Timeline, kind: str) -> Track | None:
    rows = [track for track in timeline.tracks if track.kind == kind and not track.muted]
    return max(rows, key=lambda row: sum(isinstance(item, Clip) for item in row.items), default=None)


def events(track: Track | None, fps: Fraction) -> Iterator[tuple[Cut, Cut | None]]:
    """Each thing that is seen, and what it is dissolved from."""
    before: Cut | None = None
    for cut in cuts(track) if track else ():
        if not cut.is_gap:
            yield cut, before if cut.before else None
        before = cut


def told(event: tuple[Cut, Cut | None], fps: Fraction, media: Mapping[str, Asset], folder: str) -> Iterator[str]:
    """The lines of an event. A dissolve begins where its first frame does, half before the cut."""
    cut, old = event
    length = cut.before.frames if cut.before else 0
    lead = halves(cut.before)[0]
    start, source = cut.start - lead, source_in(cut) - lead
    span = [source, source + cut.end - start, start + HOUR * round(fps), cut.end + HOUR * round(fps)]
    here = timecodes(span, fps)
    if not length:
        yield f"{{n:03d}}  {reel(cut, media)} {{channel}}     C        {here}"
    else:
        gone = timecodes([source_out(old), source_out(old), span[2], span[2]] if old else [0, 0, span[2], span[2]], fps)
        yield f"{{n:03d}}  {reel(old, media)} {{channel}}     C        {gone}"
        yield f"{{n:03d}}  {reel(cut, media)} {{channel}}     D    {length:03d} {here}"
        if old:
            yield f"* FROM CLIP NAME: {escaped(name(old, media))}"
    yield f"* {'TO' if length else 'FROM'} CLIP NAME: {escaped(name(cut, media))}"
    item = cut.item
    if isinstance(item, Clip):
        if item.speed != 1:
            rate = float(item.speed * fps * (-1 if item.reverse else 1))
            yield f"M2   {reel(cut, media)} {rate:05.1f} {timecode(max(0, source), fps)}"
        asset = media.get(item.asset)
        yield f"* SOURCE FILE: {folder}/{item.asset}{asset.path.suffix if asset else ''}"
    yield ""


def source_in(cut: Cut) -> int:
    item = cut.item
    return (item.offset if isinstance(item, Clip) else 0) + cut.head


def source_out(cut: Cut | None) -> int:
    return source_in(cut) + cut.frames - halves(cut.after)[0] if cut else 0


def reel(cut: Cut | None, media: Mapping[str, Asset]) -> str:
    """Eight characters for where it comes from: black, a generator, or the first of an asset's id."""
    item = cut.item if cut else None
    return "AX      " if isinstance(item, Title) else item.asset[:8] if isinstance(item, Clip) else "BL      "


def name(cut: Cut, media: Mapping[str, Asset]) -> str:
    item = cut.item
    if isinstance(item, Clip):
        asset = media.get(item.asset)
        return printable(asset.name if asset else item.asset[:12])
    return printable(getattr(item, "text", "BL"))


def printable(text: str) -> str:
    return " ".join(text.split())[:120]


def escaped(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def timecodes(frames: list[int], fps: Fraction) -> str:
    return " ".join(timecode(max(0, n), fps) for n in frames)


def timecode(frame: int, fps: Fraction) -> str:
    """HH:MM:SS:FF, counted in whole frames a second: 30 for 29.97, as non-drop code does."""
    base = round(fps)
    seconds, n = divmod(frame, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{n:02d}"
