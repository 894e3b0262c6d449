"""What is wrong with a timeline, in words that open with the path of the fault. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pydantic import ValidationError

from studio.timeline.items import HOLDS, Caption, Clip, Gap, Title, Transition
from studio.timeline.values import LONGEST_S

if TYPE_CHECKING:
    from studio.timeline.model import Timeline, Track


def faults(timeline: Timeline) -> Iterator[tuple[str, str]]:
    """What one item alone cannot know: (path, what is wrong), first to last."""
    for t, track in enumerate(timeline.tracks):
        for n, item in enumerate(track.items):
            path = f"tracks[{t}].items[{n}]"
            if not isinstance(item, HOLDS[track.kind]):
                yield path, f"a {item.type} cannot lie on a track of kind '{track.kind}'"
            if isinstance(item, Transition):
                yield from transition_faults(track, n, path)
            if isinstance(item, Clip | Title) and item.fade_in + item.fade_out > item.frames:
                yield f"{path}.fade_out", f"fades of {item.fade_in} + {item.fade_out} frames in {item.frames} frames"
            for w, (_, first, end) in enumerate(item.words if isinstance(item, Caption) else ()):
                if first > end or end > item.frames:
                    yield f"{path}.words[{w}]", f"[{first}, {end}) is not inside the caption's {item.frames} frames"
    taken: set[int] = set()
    for n, marker in enumerate(timeline.markers):
        if marker.frame in taken:
            yield f"markers[{n}].frame", f"there is another marker at frame {marker.frame}"
        taken.add(marker.frame)
    if timeline.frames > LONGEST_S * timeline.fps:
        yield "tracks", f"the film would last {float(timeline.seconds) / 3600:.1f} hours; at most {LONGEST_S // 3600}"


def transition_faults(track: Track, n: int, path: str) -> Iterator[tuple[str, str]]:
    beside = [track.items[m] for m in (n - 1, n + 1) if 0 <= m < len(track.items)]
    if len(beside) < 2 or any(isinstance(item, Transition) for item in beside):
        yield path, "a transition stands between two items"
        return
    if any(isinstance(item, Gap) for item in beside) and all(isinstance(item, Gap) for item in beside):
        yield path, "a transition between two gaps shows nothing"
    item, frames = track.items[n], track.items[n].frames
    for neighbour, side in zip(beside, ("before", "after"), strict=True):
        if item.frames > neighbour.frames:
            yield f"{path}.frames", f"{frames} is longer than the {neighbour.type} {side} it ({neighbour.frames})"
    left = track.items[n - 2] if n >= 2 else None
    if isinstance(left, Transition) and left.frames + frames > beside[0].frames:
        yield (
            f"{path}.frames",
            f"{left.frames} + {frames} frames of transition in a {beside[0].type} of {beside[0].frames}",
        )


def in_words(error: ValidationError) -> str:
    """The first finding as `tracks[0].items[2].frames: what is wrong`, and how many more there are."""
    findings = error.errors(include_url=False, include_input=False)
    first, more = findings[0], len(findings) - 1
    path = path_of(first["loc"])
    fault = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        fault = "nobody knows this key"
    elif first["type"].startswith("union_tag"):
        fault = "an item's type is clip, gap, title, caption or transition"
    return f"{path}: {fault}" * bool(path) + fault * (not path) + f" (and {more} more)" * bool(more)


def path_of(loc: tuple[str | int, ...]) -> str:
    """Pydantic's location in the file's own terms: without the union tags it adds after an item's number."""
    path, tags = "", {"clip", "gap", "title", "caption", "transition"}
    for n, part in enumerate(loc):
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part in tags and n >= 2 and loc[n - 2] == "items"):
            path += f".{part}" if path else part
    return path
