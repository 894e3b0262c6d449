"""Reads a fal request's input as the options of one of our models. What is not known is left alone, what is out of
bounds is brought to the nearest bound, and what had to give way is said in the notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipelines import catalogue
from pipelines.base import Kind, Model
from pipelines.faults import Fault, Invalid
from pipelines.speech import all_voices
from pipelines.spoken.options import SpokenOptions
from studio.api.fal.bounds import enlarged, fitted, number, shaped
from studio.api.fal.ids import Target, UnknownEndpoint
from studio.types import Asset, GenerationRequest, Job

WORDS = {  # the names an option goes by, the likelier first
    "prompt": ("prompt", "input", "text"),
    "negative_prompt": ("negative_prompt",),
    "seed": ("seed",),
    "steps": ("num_inference_steps", "steps"),
    "guidance": ("guidance_scale", "cfg_scale", "guidance"),
    "strength": ("strength", "noise_strength"),
    "lyrics": ("lyrics", "lyrics_prompt"),
    "fps": ("fps", "frames_per_second", "frame_rate"),
    "count": ("num_images",),
    "speed": ("speed",),
    "voice": ("voice", "voice_id"),
    "language": ("language", "language_code"),
}
SAID = {"speech": ("input", "gen_text", "text", "prompt"), "music": ("prompt", "tags", "text")}
FILES: dict[Kind, dict[str, tuple[str, ...]]] = {  # where a file of that kind may go in a model: the first it has
    "image": {
        "image_url": ("start", "source"),
        "start_image_url": ("start",),
        "first_frame_url": ("start",),
        "tail_image_url": ("end",),
        "end_image_url": ("end",),
        "last_frame_url": ("end",),
        "mask_url": ("mask",),
        "mask_image_url": ("mask",),
    },
    "video": {"video_url": ("source",)},
    "audio": {"audio_url": ("source",)},
}

Bring = Callable[[str], Asset]
"""Brings in what is named by its address, and refuses what may not be."""


@dataclass
class Wish:
    """What a request comes to: a job of a model, a film to be written, or an answer that is known at once."""

    shape: str
    model: str = ""
    request: GenerationRequest | None = None
    film: tuple[Any, str, dict[str, Any]] | None = None
    """Timeline, format, export settings."""
    chore: Job | None = None
    """One of the studio's own jobs."""
    output: dict[str, Any] | None = None
    said: dict[str, Any] = field(default_factory=dict)
    """What the answer repeats of the request."""
    notes: list[str] = field(default_factory=list)


class MissingField(Invalid):
    """A field that the request cannot do without."""


def required(name: str) -> MissingField:
    return MissingField(f"{name}: Field required", "")


def generation(target: Target, said: dict[str, Any], asset: Bring, low: bool = False) -> Wish:
    """A job of the model that an id stands for. `asset` brings in what is named by its address."""
    files = brought(said, asset)
    model, notes = chosen(target, files)
    wish = Wish(target.shape, model.id, notes=notes)
    options = asked(target, said)
    if target.task == "speech":
        options["text"] = options.pop("prompt", None)
        casting(options, said)
        spoken(model, target, options, notes)
    placed(model, files, options, notes)
    shaped(model, said, files, options)
    fields = model.cls.Options.model_fields
    fit = {n: fitted(model, n, value) for n, value in options.items() if value is not None and n in fields}
    kept = {name: value for name, value in fit.items() if value is not None}
    words = "text" if target.task == "speech" else "prompt"
    if words in fields and fields[words].is_required() and not str(kept.get(words, "")).strip():
        raise required("input" if target.task == "speech" and "prompt" not in said else "prompt")
    if any(fields[name].is_required() and name not in kept for name in model.cls.Options.media()):
        raise required("video_url" if target.task == "restore" and target.shape == "video" else "image_url")
    if isinstance(wanted := said.get("num_images"), int) and wanted > 1 and "count" not in kept:
        notes.append(f"{model.title} makes one picture at a time.")
    wish.request = GenerationRequest(model=model.id, options=kept, priority=-5 if low else 0)
    wish.said = {name: said[name] for name in ("tags", "lyrics") if isinstance(said.get(name), str)}
    wish.said["sync_mode"] = said.get("sync_mode") is True
    return wish


def chosen(target: Target, files: dict[str, Asset]) -> tuple[Model, list[str]]:
    """The model that will run, and what there is to say about that. Raises `UnknownEndpoint`."""
    pictured = any(asset.kind == "image" for asset in files.values())
    wanted = target.picture if target.picture and pictured else target.model
    if not wanted:
        return best(target, files), []
    model = next((m for m in catalogue.models() if m.id == wanted), None)  # of whatever task it is counted to here
    draft = next((m for m in catalogue.for_task(target.task) if m.draft), None)
    if model is None and draft is None:
        raise UnknownEndpoint(f"No model here can {target.task}.", "docs/fal.md lists the ids that are answered here.")
    status, why = model.status() if model else ("", f"There is no {wanted} here.")
    if model is not None and (status == "ready" or draft is None):  # one that is not is refused with the reason
        return model, []
    assert draft is not None
    title = model.title if model else wanted
    return draft, [f"{title} cannot run here now: {why} {draft.title} makes it instead."]


def best(target: Target, files: dict[str, Asset]) -> Model:
    """The first real model that is ready and takes these files, else the draft."""
    kinds = {asset.kind for asset in files.values()}
    found = catalogue.for_task(target.task)
    for model in found:
        takes = {kind for mark in model.cls.Options.media().values() for kind in mark.kinds}
        if not model.draft and kinds <= takes and (kinds or not model.needs_files) and model.status()[0] == "ready":
            return model
    return next((model for model in found if model.draft), found[0])


# --- what is said ----------------------------------------------------------------------------------------------------


def asked(target: Target, said: dict[str, Any]) -> dict[str, Any]:
    """Our options by our names, as far as the request speaks of them."""
    names = WORDS | {"prompt": SAID.get(target.task, WORDS["prompt"])}
    found = {
        ours: next((said[n] for n in theirs if said.get(n) not in (None, "")), None) for ours, theirs in names.items()
    }
    found["duration_s"] = lasting(target, said)
    if target.task == "restore":
        found |= {"size": enlarged(said), "fps": said.get("target_fps")}
    if isinstance(found["seed"], int) and not isinstance(found["seed"], bool):
        found["seed"] = found["seed"] % 2**32
    if isinstance(found["voice"], dict):
        found["voice"] = found["voice"].get("voice") or found["voice"].get("name")
    return found


def lasting(target: Target, said: dict[str, Any]) -> float | None:
    """How long it is to be, in seconds. `seconds_total` speaks of sound alone; frames count at the rate asked for."""
    if target.task not in ("video", "music", "sound"):
        return None
    names = ["duration", "duration_s", "duration_seconds"]
    for name in names + ["seconds_total"] * (target.task in ("music", "sound")):
        value = said.get(name)
        if isinstance(value, str):
            value = value.removesuffix("s")
        if value not in (None, "", "auto"):
            return number(name, value)
    if (millis := said.get("music_length_ms")) is not None:
        return number("music_length_ms", millis) / 1000
    if (frames := said.get("num_frames")) is not None and target.task == "video":
        rate = number("fps", said.get("fps") or said.get("frames_per_second") or 24)
        return number("num_frames", frames) / max(rate, 1)
    return None


def casting(options: dict[str, Any], said: dict[str, Any]) -> None:
    """A dialogue's turns: `voices` is a list of `{voice, turn_prefix}`; a line that begins so is that speaker's."""
    turns = said.get("voices")
    if not isinstance(turns, list) or not isinstance(options.get("text"), str):
        return
    cast = {}
    for turn in turns[:50]:
        name = str(turn.get("turn_prefix") or "").strip(" :\n=") if isinstance(turn, dict) else ""
        if name and "\n" not in name:
            cast[name] = str(turn.get("voice") or "")
    options["cast"] = cast or None


def spoken(model: Model, target: Target, options: dict[str, Any], notes: list[str]) -> None:
    """Voices and languages that this model does not have give way to its own; speakers still differ."""
    speaks = model.cls.Options
    if not issubclass(speaks, SpokenOptions):
        return
    options["language"] = options["language"] or target.language or None

    def known(check: Callable[[str], str], value: Any) -> bool:
        try:
            return isinstance(value, str) and bool(value) and bool(check(value))
        except ValueError:
            return False

    for name, check in (("voice", speaks.known), ("language", speaks.spoken)):
        if options.get(name) is not None and not known(check, options[name]):
            notes.append(f"{model.title} has no {name} {str(options[name])[:60]!r}; it takes its own.")
            options[name] = None
    if cast := options.get("cast"):
        language = str(options["language"] or "en").split("-")[0]
        own = [v.id for v in all_voices() if v.language.startswith(language) and known(speaks.known, v.id)]
        for n, (who, voice) in enumerate(cast.items()):
            if not known(speaks.known, voice) and own:
                cast[who] = own[n % len(own)]
                notes.append(f"{model.title} has no voice {voice[:60]!r}: {who[:60]} speaks as {cast[who]}.")
        options["cast"] = {who: voice for who, voice in cast.items() if known(speaks.known, voice)} or None


# --- what is shown ---------------------------------------------------------------------------------------------------


def brought(said: dict[str, Any], asset: Bring) -> dict[str, Asset]:
    """The files a request names, by the field they came in."""
    found: dict[str, Asset] = {}
    for kind, fields in FILES.items():
        for name in fields:
            if isinstance(url := said.get(name), str) and url:
                found[name] = of_kind(name, fetched(asset, name, url), kind)
    pictures = said.get("images")
    listed = [p for p in pictures if isinstance(p, dict) and p.get("image_url")] if isinstance(pictures, list) else []
    listed.sort(key=lambda p: number("images.start_frame_num", p.get("start_frame_num") or 0))
    for name, one in zip(("start_image_url", "end_image_url"), [*listed[:1], *listed[1:][-1:]], strict=False):
        found[name] = of_kind("images", fetched(asset, "images", one["image_url"]), "image")
    more = said.get("image_urls")
    for n, url in enumerate(more[:10] if isinstance(more, list) else []):
        found["image_url" if n == 0 and "image_url" not in found else f"reference {n}"] = of_kind(
            "image_urls", fetched(asset, "image_urls", url), "image"
        )
    return found


def fetched(asset: Bring, name: str, said: Any) -> Asset:
    """What a field names; what is wrong with it is said of that field."""
    if not isinstance(said, str):
        raise Invalid(f"{name}: Input should be a valid string", "")
    try:
        return asset(said)
    except Fault as fault:
        fault.message = f"{name}: {fault.message}"
        raise


def of_kind(name: str, asset: Asset, kind: Kind) -> Asset:
    if asset.kind != kind:
        raise Invalid(f"{name}: {asset.name} is {asset.kind}, not {kind}", "")
    return asset


def placed(model: Model, files: dict[str, Asset], options: dict[str, Any], notes: list[str]) -> None:
    """Each file into the option that it is for; one that the model has no place for is said to be left out."""
    media = model.cls.Options.media()
    for name, asset in files.items():
        places: tuple[str, ...] = FILES[asset.kind].get(name, ("references",))
        place = next((p for p in places if p in media and asset.kind in media[p].kinds), None)
        if place is None or (place != "references" and options.get(place)):
            notes.append(f"{model.title} has no use for {name}; it is left out.")
        elif place == "references":
            options[place] = [*options.get(place, []), asset.id]
        else:
            options[place] = asset.id
