"""Places in the film that have a name: added, moved, renamed, taken away."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from pipelines.faults import Invalid
from studio.timeline.edit.splice import NoSuchItem, rebuilt
from studio.timeline.faults import in_words
from studio.timeline.model import Marker, Timeline

__all__ = ["add_marker", "remove_marker", "set_marker"]


def add_marker(timeline: Timeline, frame: int, name: str = "", color: str = "amber") -> Timeline:
    """A marker at a frame of the film. Raises `Invalid` when there is one already."""
    return with_markers(timeline, [*timeline.markers, made(len(timeline.markers), frame=frame, name=name, color=color)])


def set_marker(timeline: Timeline, marker: int, **fields: Any) -> Timeline:
    """Another frame, name or colour for marker number `marker`; they are numbered in the order of their frames."""
    old = marker_at(timeline, marker)
    said = {name: getattr(old, name) for name in old.model_fields_set}
    new = made(marker, **said | fields)
    return with_markers(timeline, [*timeline.markers[:marker], new, *timeline.markers[marker + 1 :]])


def remove_marker(timeline: Timeline, marker: int) -> Timeline:
    marker_at(timeline, marker)
    return with_markers(timeline, [*timeline.markers[:marker], *timeline.markers[marker + 1 :]])


def marker_at(timeline: Timeline, marker: int) -> Marker:
    if not 0 <= marker < len(timeline.markers):
        raise NoSuchItem(f"markers[{marker}]: there are {len(timeline.markers)} markers")
    return timeline.markers[marker]


def made(marker: int, **fields: Any) -> Marker:
    try:
        return Marker.model_validate(fields)
    except ValidationError as error:
        raise Invalid(f"markers[{marker}].{in_words(error)}") from None


def with_markers(timeline: Timeline, markers: list[Marker]) -> Timeline:
    return rebuilt(timeline, markers=tuple(sorted(markers, key=lambda marker: marker.frame)))
