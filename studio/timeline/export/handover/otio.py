"""OpenTimelineIO, out and in (https://opentimelineio.readthedocs.io). What another editor has no word for travels in
the metadata of each thing: a timeline nobody touched comes back as it was, an edited one keeps what it can."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import unquote

from pipelines.faults import Invalid, Unavailable
from studio.timeline.export.handover.cuts import Cut, cuts, halves
from studio.timeline.items import Clip
from studio.timeline.model import Timeline, Track
from studio.types import Asset

OURS = "homereel"
KINDS = {"video": "Video", "audio": "Audio", "captions": "Captions"}


class NotOtio(Invalid):
    """The file is no OpenTimelineIO timeline."""


def library() -> Any:
    """The opentimelineio package. Raises `Unavailable` where there is none for this Python."""
    try:
        import opentimelineio
    except ImportError:
        raise Unavailable(
            "opentimelineio has no build for this Python.", "Run the studio on Python 3.11, 3.12 or 3.13."
        ) from None
    return opentimelineio


# --- out ---------------------------------------------------------------------------------------------------------


def write(timeline: Timeline, media: Mapping[str, Asset], folder: str = "media") -> str:
    """The text of an .otio file, whose clips name `folder`/ID.EXT. Cuts lie in the middle of transitions."""
    otio, rate = library(), float(timeline.fps)
    film = otio.schema.Timeline(name=timeline.title or "Untitled film")
    film.metadata[OURS] = {k: v for k, v in timeline.dump().items() if k not in ("tracks", "markers")}
    film.global_start_time = otio.opentime.RationalTime(0, rate)
    for marker in timeline.markers:
        film.tracks.markers.append(marked(otio, marker, rate))
    for track in timeline.tracks:
        film.tracks.append(row(otio, track, media, folder, rate))
    return otio.adapters.write_to_string(film, "otio_json")


def marked(otio: Any, marker: Any, rate: float) -> Any:
    place = otio.opentime.TimeRange(otio.opentime.RationalTime(marker.frame, rate), otio.opentime.RationalTime(1, rate))
    return otio.schema.Marker(marker.name, place, metadata={OURS: dumped(marker)})


def row(otio: Any, track: Track, media: Mapping[str, Asset], folder: str, rate: float) -> Any:
    made = otio.schema.Track(name=track.name, kind=KINDS[track.kind])
    made.enabled = not track.muted
    made.metadata[OURS] = {k: v for k, v in dumped(track).items() if k != "items"}
    for piece in cuts(track):
        made.append(thing(otio, piece, media, folder, rate))
        if piece.after:
            before, after = (otio.opentime.RationalTime(n, rate) for n in halves(piece.after))
            made.append(
                otio.schema.Transition(
                    piece.after.name, otio.schema.TransitionTypes.SMPTE_Dissolve
                    if piece.after.name == "dissolve" else otio.schema.TransitionTypes.Custom,
                    in_offset=before, out_offset=after, metadata={OURS: dumped(piece.after)},
                )
            )  # fmt: skip
    return made


def thing(otio: Any, piece: Cut, media: Mapping[str, Asset], folder: str, rate: float) -> Any:
    """A clip, a generator for what is drawn, or a gap."""
    item = piece.item
    length = otio.opentime.RationalTime(piece.frames, rate)
    if piece.is_gap:
        return otio.schema.Gap(duration=length, metadata={OURS: dumped(item)})
    if not isinstance(item, Clip):
        shown = otio.schema.GeneratorReference(item.text[:60], item.type, parameters={"text": item.text})
        start = otio.opentime.RationalTime(piece.head, rate)
        return otio.schema.Clip(
            item.text[:60], shown, otio.opentime.TimeRange(start, length), metadata={OURS: dumped(item)}
        )
    asset = media.get(item.asset)
    start = otio.opentime.RationalTime(item.offset + round(piece.head * item.speed), rate)
    made = otio.schema.Clip(
        asset.name if asset else item.asset[:12],
        source(otio, item.asset, asset, folder, rate),
        otio.opentime.TimeRange(start, length),
        metadata={OURS: dumped(item)},
    )
    if item.speed == 0:
        made.effects.append(otio.schema.FreezeFrame())
    elif item.speed != 1 or item.reverse:
        made.effects.append(otio.schema.LinearTimeWarp(time_scalar=float(-item.speed if item.reverse else item.speed)))
    return made


def source(otio: Any, id: str, asset: Asset | None, folder: str, rate: float) -> Any:
    if asset is None:
        return otio.schema.MissingReference(name=id)
    there = None
    if asset.duration_s:
        frames = round(asset.duration_s * rate)
        there = otio.opentime.TimeRange(otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(frames, rate))
    return otio.schema.ExternalReference(f"{folder}/{id}{asset.path.suffix}", there, {OURS: {"asset": id}})


def dumped(thing: Any) -> dict[str, Any]:
    return thing.model_dump(mode="json", by_alias=True, exclude_unset=True)


# --- in ----------------------------------------------------------------------------------------------------------


def read(text: str, assets: Mapping[str, str]) -> Timeline:
    """A timeline from an .otio file's text. `assets` has the id of the library's asset for each id and each file name
    that is there; a clip without one is left out as a gap. Raises `NotOtio` and `Invalid`."""
    otio = library()
    try:
        film = otio.adapters.read_from_string(text, "otio_json")
    except Exception as error:  # the library's own kinds are many, and some are bare
        raise NotOtio(f"This is no OpenTimelineIO file: {error}"[:300], "Export it again as .otio.") from None
    if not isinstance(film, otio.schema.Timeline):
        raise NotOtio("There is no timeline in this file.", "Export the timeline itself as .otio.")
    ours = plain(film.metadata.get(OURS, {}))
    fps = Fraction(ours.get("fps") or rate_of(film)).limit_denominator(1001)
    tracks = [read_row(otio, found, fps, assets) for found in film.tracks if isinstance(found, otio.schema.Track)]
    markers = [
        {**plain(m.metadata.get(OURS, {})), "frame": frames(m.marked_range.start_time, fps), "name": m.name}
        for m in film.tracks.markers
    ]
    said = {"title": film.name or "", **ours, "fps": f"{fps.numerator}/{fps.denominator}", "tracks": tracks}
    return Timeline.parse({**said, "markers": markers} if markers else said)


def rate_of(film: Any) -> float:
    """The frame rate of the first thing that has one."""
    for found in film.find_clips():
        if found.source_range:
            return found.source_range.duration.rate
    return 30


def read_row(otio: Any, row: Any, fps: Fraction, assets: Mapping[str, str]) -> dict[str, Any]:
    kind = {theirs: ours for ours, theirs in KINDS.items()}.get(row.kind, "video")
    things = list(row)
    items: list[dict[str, Any] | None] = []
    for n, found in enumerate(things):
        if isinstance(found, otio.schema.Transition):
            length = frames(found.in_offset + found.out_offset, fps)
            items.append({**plain(found.metadata.get(OURS, {})), "type": "transition"}
                         | {"frames": length})  # fmt: skip
            continue
        head = beyond(otio, things[n - 1] if n else None, fps)[0]
        tail = beyond(otio, things[n + 1] if n + 1 < len(things) else None, fps)[1]
        items.append(read_thing(otio, found, fps, head, tail, assets))
    facts = {k: v for k, v in plain(row.metadata.get(OURS, {})).items() if k not in ("kind", "items")}
    if not row.enabled:
        facts["muted"] = True
    return {**({"name": row.name} if row.name else {}), **facts, "kind": kind, "items": [i for i in items if i]}


def beyond(otio: Any, transition: Any, fps: Fraction) -> tuple[int, int]:
    """The frames of a transition before its cut and after it."""
    if not isinstance(transition, otio.schema.Transition):
        return 0, 0
    return frames(transition.in_offset, fps), frames(transition.out_offset, fps)


def read_thing(
    otio: Any, found: Any, fps: Fraction, head: int, tail: int, assets: Mapping[str, str]
) -> dict[str, Any] | None:
    ours = plain(found.metadata.get(OURS, {}))
    length = frames(found.trimmed_range().duration, fps) + head + tail
    if length < 1:
        return None
    if isinstance(found, otio.schema.Gap):
        return {"type": "gap", "frames": length}
    media = getattr(found, "media_reference", None)
    if isinstance(media, otio.schema.GeneratorReference) and ours.get("type") in ("title", "caption"):
        return {**ours, "frames": length}
    asset = known(otio, media, ours, assets)
    if asset is None:
        return {"type": "gap", "frames": length}
    start = frames(found.trimmed_range().start_time, fps) - round(head * Fraction(ours.get("speed", 1)))
    return warped(otio, found, {**ours, "type": "clip", "asset": asset, "in": max(0, start), "frames": length})


def known(otio: Any, media: Any, ours: dict[str, Any], assets: Mapping[str, str]) -> str | None:
    """The library's asset for a clip: by the id it came with, or by the name of its file."""
    if isinstance(media, otio.schema.ExternalReference):
        file = unquote(media.target_url.rpartition("/")[2])
        return assets.get(file) or assets.get(file.partition(".")[0])
    return assets.get(str(ours.get("asset", "")))


def warped(otio: Any, found: Any, item: dict[str, Any]) -> dict[str, Any]:
    """The speed as the file says it now, should another editor have changed it."""
    if "in" in item and not item["in"]:
        del item["in"]
    for effect in found.effects:
        if isinstance(effect, otio.schema.FreezeFrame):
            return {**item, "speed": "0/1"}
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed = Fraction(abs(effect.time_scalar)).limit_denominator(1000)
            if speed != Fraction(item.get("speed", 1)):
                item["speed"] = f"{speed.numerator}/{speed.denominator}"
            if effect.time_scalar < 0:
                item["reverse"] = True
    return item


def frames(time: Any, fps: Fraction) -> int:
    return round(Fraction(time.value).limit_denominator(10**6) / Fraction(time.rate).limit_denominator(1001) * fps)


def plain(found: Any) -> dict[str, Any]:
    """Metadata as plain dictionaries and lists."""
    if hasattr(found, "items"):
        return {str(key): plain(value) for key, value in found.items()}
    if isinstance(found, str | int | float | bool) or found is None:
        return found  # type: ignore[return-value]
    return [plain(value) for value in found]  # type: ignore[return-value]
