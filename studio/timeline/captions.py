"""Captions between the timeline and caption files: cues with word timings in, SRT and WebVTT out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from pipelines import vtt
from pipelines.vtt import Cue, Word
from studio.timeline.items import Caption, Gap, Item
from studio.timeline.model import Timeline, Track


def track(cues: Iterable[Cue], fps: Fraction, start: int = 0, style: str = "subtitle") -> Track:
    """A captions track on which the cues' second 0 is frame `start`. Cues that overlap give way to the later one."""
    found = sorted((c for c in cues if c.text.strip()), key=lambda c: c.start_s)
    items: list[Item] = []
    at = 0
    for n, cue in enumerate(found):
        begin = max(start + round(cue.start_s * fps), at)
        end = start + round(cue.end_s * fps)
        if n + 1 < len(found):
            end = min(end, start + round(found[n + 1].start_s * fps))
        if end <= begin:
            continue
        if begin > at:
            items.append(Gap(frames=begin - at))
        items.append(caption(cue, begin, end, fps, start))
        at = end
    return Track(kind="captions", style=style, items=tuple(items))


def caption(cue: Cue, begin: int, end: int, fps: Fraction, start: int) -> Caption:
    """A cue as an item over frames [begin, end); words that fall outside are cut to it."""

    def inside(seconds: float) -> int:
        return min(max(start + round(seconds * fps), begin), end) - begin

    words = tuple((word.text, inside(word.start_s), inside(word.end_s)) for word in cue.words)
    return Caption(text=cue.text.strip()[:2000], frames=end - begin, words=words[:1000])


def said_at(item: Caption, k: int) -> tuple[int, int]:
    """From which letter to which of a caption's text is said at its frame k; (0, 0) in a pause. Without timings
    the words share its length by their letters."""
    words = item.words or evenly(item)
    at = 0
    for text, first, end in words:
        found = item.text.find(text, at)
        if found < 0:
            continue
        at = found + len(text)
        if first <= k < end:
            return found, at
    return 0, 0


def evenly(item: Caption) -> Iterator[tuple[str, int, int]]:
    """The words of a caption that has no timings, as long as they have letters."""
    words = item.text.split()
    total, so_far = sum(map(len, words)), 0
    for word in words:
        first, so_far = so_far, so_far + len(word)
        yield word, item.frames * first // total, item.frames * so_far // total


def cues(timeline: Timeline) -> list[Cue]:
    """Every caption of every captions track that takes part, in time's order, in seconds of the film."""
    rows = [row for row in timeline.live if row.kind == "captions"]
    spans = [span for row in rows for span in row.spans() if isinstance(span.item, Caption)]
    found = (cue(span.item, span.start, timeline.fps) for span in spans)
    return sorted(found, key=lambda c: (c.start_s, c.end_s))


def within(cues: list[Cue], start_s: float | Fraction, end_s: float | Fraction) -> list[Cue]:
    """What is said between two seconds, told from the first of them on."""

    def shifted(at: float) -> float:
        return min(max(at, float(start_s)), float(end_s)) - float(start_s)

    return [
        Cue(shifted(c.start_s), shifted(c.end_s), c.text, tuple(Word(t, shifted(a), shifted(b)) for t, a, b in c.words))
        for c in cues
        if c.start_s < end_s and c.end_s > start_s
    ]


def cue(item: Caption, start: int, fps: Fraction) -> Cue:
    words = tuple(Word(text, float((start + a) / fps), float((start + b) / fps)) for text, a, b in item.words)
    return Cue(float(start / fps), float((start + item.frames) / fps), item.text, words)


def written(cues: list[Cue], kind: str) -> str:
    """The text of an `srt` or a `vtt` file."""
    return vtt.write(cues) if kind == "vtt" else srt(cues)


def srt(cues: list[Cue]) -> str:
    blocks = []
    for n, cue in enumerate(cues, 1):
        text = "\n".join(line for line in cue.text.splitlines() if line.strip())
        blocks.append(f"{n}\n{stamp(cue.start_s)} --> {stamp(cue.end_s)}\n{text}\n")
    return "\n".join(blocks)


def stamp(seconds: float) -> str:
    """`00:01:02,345`: SubRip's comma."""
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
