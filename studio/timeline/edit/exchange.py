"""Other media for many clips at once, each from where it was: restored ones for their originals, and back."""

from __future__ import annotations

from collections.abc import Mapping

from studio.timeline.edit import replace_take
from studio.timeline.items import Clip
from studio.timeline.model import Timeline


def exchanged(timeline: Timeline, media: Mapping[str, str]) -> Timeline:
    """The timeline with `media[asset]` wherever that asset lies; what was there is kept among the clip's takes. Raises
    `Locked` for a row that may not be changed."""
    for track, row in enumerate(timeline.tracks):
        for at, item in enumerate(row.items):
            if isinstance(item, Clip) and (other := media.get(item.asset)):
                timeline = replace_take(timeline, track, at, other, offset=item.offset)
    return timeline
