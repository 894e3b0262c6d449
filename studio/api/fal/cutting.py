"""fal's cutting room, `ffmpeg-api`, as ours: keyframes on tracks become a timeline, which the export job writes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any

from pipelines.faults import Invalid
from studio.api.fal.bounds import number, pixels
from studio.api.fal.ids import Target
from studio.api.fal.wishes import Bring, Wish, fetched, generation, of_kind, required
from studio.timeline.model import Timeline
from studio.types import Asset, GenerationRequest, Job, Recipe
from studio.work.tasks import SOUND

FINE = Fraction(240)
"""Frames a second of a timeline that only sounds."""
LARGEST_STILL, LARGEST_FILM = 1920, 4096
MOST_TRACKS, MOST_KEYS = 100, 2000
SOUNDS = {"mp3": "mp3", "pcm": "wav", "opus": "ogg"}
KINDS = {"video": "video", "image": "video", "audio": "audio"}


def compose(said: dict[str, Any], bring: Bring) -> Wish:
    """`tracks: [{type, keyframes: [{timestamp, duration, url}]}]`, times in milliseconds, as one film."""
    tracks = [(KINDS.get(str(t.get("type"))), keyed(t, bring)) for t in listed(said, "tracks", MOST_TRACKS)]
    if any(kind is None for kind, _ in tracks):
        raise Invalid("tracks.type: Input should be 'video', 'audio' or 'image'", "")
    seen = [asset for kind, keys in tracks if kind == "video" for _, _, asset in keys if asset.width]
    if not any(keys for _, keys in tracks):
        raise Invalid("tracks: there is nothing on them", "")
    fps = rate_of(asset for asset in seen if asset.kind == "video")
    width, height = canvas(seen[0] if seen else None)
    rows = [{"kind": kind, "items": row(keys, fps)} for kind, keys in tracks if keys]
    film = Timeline.parse(
        {"version": 1, "title": "Composed", "fps": str(fps), "width": width, "height": height, "tracks": rows}
    )
    return Wish("film", "export", film=(film, "mp4", {"poster": min(math.ceil(fps), film.frames // 2)}))


def merge_videos(said: dict[str, Any], bring: Bring) -> Wish:
    films = [
        of_kind("video_urls", fetched(bring, "video_urls", url), "video")
        for url in listed(said, "video_urls", MOST_KEYS)
    ]
    slowest = min(films, key=lambda film: film.fps or 30)
    fps = rate_of([slowest]) if said.get("target_fps") is None else Fraction(number("target_fps", said["target_fps"]))
    fps = min(max(fps.limit_denominator(1001), Fraction(1)), Fraction(240))
    width, height = canvas(films[0])
    if (size := pixels(said.get("resolution"))) is not None:
        width, height = even(size[0]), even(size[1])
    clips = [{"type": "clip", "asset": film.id, "frames": lasts(film, fps)} for film in films]
    film = Timeline.parse(
        {"version": 1, "title": "Merged", "fps": str(fps), "width": width, "height": height,
         "loudness_lufs": None, "tracks": [{"kind": "video", "items": clips}]}
    )  # fmt: skip
    return Wish("video", "export", film=(film, "mp4", {}))


def merge_audios(said: dict[str, Any], bring: Bring) -> Wish:
    sounds = [
        sounding("audio_urls", fetched(bring, "audio_urls", url)) for url in listed(said, "audio_urls", MOST_KEYS)
    ]
    form = SOUNDS.get(str(said.get("output_format", "")).partition("_")[0]) or suffix_of(sounds[0])
    return Wish("audio", "export", film=(heard("Merged", sounds, None), form, {}))


def loudnorm(said: dict[str, Any], bring: Bring) -> Wish:
    sound = sounding("audio_url", named(said, "audio_url", bring))
    lufs = number("integrated_loudness", said.get("integrated_loudness", -18))
    return Wish("audio", "export", film=(heard("Levelled", [sound], min(max(lufs, -60), -5)), suffix_of(sound), {}))


def score(said: dict[str, Any], bring: Bring, settle: Callable[[GenerationRequest], Recipe]) -> Wish:
    """A sound made from the words, as long as the film, under its pictures in place of its own."""
    film = of_kind("video_url", named(said, "video_url", bring), "video")
    words = {name: value for name, value in said.items() if name not in ("video_url", "image_size", "duration")}
    wish = generation(Target("sound"), {**words, "duration": film.duration_s}, bring)
    assert wish.request is not None
    recipe, fps = settle(wish.request), rate_of([film])
    width, height = canvas(film)
    frames, length = lasts(film, fps), float(recipe.options.get("duration_s") or film.duration_s or 0)
    shown = {"type": "clip", "asset": film.id, "frames": frames, "muted": True}
    sound = {"type": "clip", "asset": SOUND, "frames": max(1, min(math.floor(length * fps + 1e-3), frames))}
    tracks = [{"kind": "video", "items": [shown]}, {"kind": "audio", "items": [sound]}]
    timeline = {"version": 1, "title": "Scored", "fps": str(fps), "width": width, "height": height, "tracks": tracks}
    options = {"timeline": timeline, "sound": recipe.model_dump(mode="json"), "seed": recipe.options["seed"]}
    job = Job(task="score", model=wish.model, recipe=Recipe(model="score", revision="1", options=options))
    return Wish("video", wish.model, chore=job, notes=wish.notes)


# --- rows ------------------------------------------------------------------------------------------------------------


def keyed(track: dict[str, Any], bring: Bring) -> list[tuple[float, float, Asset]]:
    """A track's keyframes as (start, end, asset), in seconds, in order; those without an address are left out."""
    found = []
    for key in listed(track, "keyframes", MOST_KEYS, empty=True):
        if not key.get("url"):
            continue
        start = number("timestamp", key.get("timestamp", 0)) / 1000
        length = number("duration", key.get("duration", 0)) / 1000
        if start < 0 or length <= 0 or start + length > 24 * 3600:
            raise Invalid("keyframes: a timestamp is not below 0, and a duration is above", "")
        found.append((start, start + length, fetched(bring, "url", key["url"])))
    return sorted(found, key=lambda key: key[0])


def row(keys: list[tuple[float, float, Asset]], fps: Fraction) -> list[dict[str, Any]]:
    """Clips with gaps between them. Where two would overlap the later one cuts the earlier off; media that ends half a
    second too early holds its last frame, and leaves a gap otherwise."""
    starts = [round(start * fps) for start, _, _ in keys]
    items: list[dict[str, Any]] = []
    at = 0
    for n, (_, end, asset) in enumerate(keys):
        stop = min(round(end * fps), starts[n + 1] if n + 1 < len(keys) else 2**31)
        frames = stop - starts[n]
        if frames < 1:
            continue
        if starts[n] > at:
            items.append({"type": "gap", "frames": starts[n] - at})
        clip = {"type": "clip", "asset": asset.id, "frames": frames}
        if asset.kind != "image" and frames > (has := lasts(asset, fps)):
            held = asset.kind == "video" and frames - has <= fps / 2
            clip |= {"freeze": True} if held else {"frames": has}
        items.append(clip)
        at = starts[n] + int(str(clip["frames"]))
    return items


def lasts(asset: Asset, fps: Fraction) -> int:
    """How many frames of a timeline a film or a sound fills."""
    slack = 0.5 if asset.kind == "video" else 0.0
    return max(1, math.floor((asset.duration_s or 0) * fps - slack + 1e-3) + (asset.kind == "video"))


def heard(title: str, sounds: list[Asset], lufs: float | None) -> Timeline:
    """Sounds one after the other."""
    clips = [{"type": "clip", "asset": sound.id, "frames": lasts(sound, FINE)} for sound in sounds]
    tracks = [{"kind": "audio", "items": clips}]
    return Timeline.parse({"version": 1, "title": title, "fps": str(FINE), "loudness_lufs": lufs, "tracks": tracks})


def rate_of(films: Iterable[Asset]) -> Fraction:
    """The first film's frames a second, else 30."""
    fps = next((film.fps for film in films if film.fps), 30.0)
    return min(max(Fraction(fps).limit_denominator(1001), Fraction(1)), Fraction(240))


def canvas(first: Asset | None) -> tuple[int, int]:
    """The first picture's size, even, and no larger than one wants to wait for."""
    if first is None or not first.width or not first.height:
        return 1280, 720
    most = LARGEST_STILL if first.kind == "image" else LARGEST_FILM
    scale = min(1.0, most / max(first.width, first.height))
    return even(first.width * scale), even(first.height * scale)


def even(side: float) -> int:
    return min(max(2 * round(side / 2), 16), 8192)


def sounding(name: str, asset: Asset) -> Asset:
    if not asset.sound:
        raise Invalid(f"{name}: {asset.name} has no sound", "")
    return asset


def suffix_of(sound: Asset) -> str:
    return {"audio/wav": "wav", "audio/flac": "flac", "audio/ogg": "ogg", "audio/mp4": "m4a"}.get(sound.mime, "mp3")


def listed(said: dict[str, Any], name: str, most: int, empty: bool = False) -> list[Any]:
    found = said.get(name)
    if found is None and not empty:
        raise required(name)
    found = found or []
    if not isinstance(found, list) or len(found) > most or (not found and not empty):
        raise Invalid(f"{name}: Input should be a list of 1 to {most}", "")
    wanted = dict if name in ("tracks", "keyframes") else str
    if not all(isinstance(one, wanted) for one in found):
        raise Invalid(f"{name}: Input should be a list of {'objects' if wanted is dict else 'strings'}", "")
    return found


def named(said: dict[str, Any], name: str, bring: Bring) -> Asset:
    """The file that a field names, which must be there."""
    if not said.get(name):
        raise required(name)
    return fetched(bring, name, said[name])
