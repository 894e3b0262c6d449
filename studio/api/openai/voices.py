"""The voices there are, by the names that speech is asked for with; and mixes of them, where the model can mix."""

from __future__ import annotations

from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from pydantic import Field, ValidationError, model_validator
from starlette.concurrency import run_in_threadpool

from pipelines import catalogue, speech
from pipelines.base import Model
from pipelines.spoken.voices import nearest
from studio.api.openai.errors import Dialect, Refused
from studio.api.openai.forms import Wish, read
from studio.api.openai.models import meant
from studio.studio import Studio

LIST = "GET /v1/audio/voices lists them."


class Classic(NamedTuple):
    """One of OpenAI's own voices: Kokoro's that is like it, eSpeak's, and what it is like."""

    kokoro: str
    espeak: str
    sex: str
    language: str = "en-us"


CLASSIC = {
    "alloy": Classic("af_alloy", "en-us+f2", "f"),
    "ash": Classic("am_adam", "en-us+m2", "m"),
    "ballad": Classic("bm_george", "en-gb+m4", "m", "en-gb"),
    "cedar": Classic("am_eric", "en-us+m1", "m"),
    "coral": Classic("af_kore", "en-us+f4", "f"),
    "echo": Classic("am_echo", "en-us+m3", "m"),
    "fable": Classic("bm_fable", "en-gb+m7", "m", "en-gb"),
    "marin": Classic("af_river", "en-us+Annie", "f"),
    "nova": Classic("af_nova", "en-us+f3", "f"),
    "onyx": Classic("am_onyx", "en-us+m7", "m"),
    "sage": Classic("af_sarah", "en-us+f1", "f"),
    "shimmer": Classic("af_sky", "en-us+f5", "f"),
    "verse": Classic("am_michael", "en-us+Michael", "m"),
}


class Mix(Wish):
    voices: str | list[str] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def alone(cls, said: Any) -> Any:
        """Kokoro's own servers take the bare value."""
        return said if isinstance(said, dict) else {"voices": said}


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(prefix="/audio/voices", route_class=Dialect)

    @routes.get("")
    async def voices() -> dict[str, Any]:
        """Every voice that can speak here now."""
        return {"voices": await run_in_threadpool(every)}

    @routes.post("/combine")
    async def combine(request: Request) -> dict[str, str]:
        """A mix of voices: the name by which it speaks. Nothing is stored: the name says all there is to say."""
        wish, _ = await read(request, Mix)
        name = "+".join(wish.voices) if isinstance(wish.voices, list) else wish.voices
        model, language = await run_in_threadpool(mixing, name)
        return shown(name, name, language, model.id)

    return routes


def every() -> list[dict[str, str]]:
    """Those of the families that are ready, the best family's first; OpenAI's own names before them."""
    able = speech.ready()
    classic = [shown(name, name.capitalize(), CLASSIC[name].language, able[0].id) for name in CLASSIC if able]
    return classic + [shown(v.id, v.name, v.language, m.id) for m in able for v in m.cls.voices()]  # type: ignore[attr-defined]


def shown(id: str, name: str, language: str, model: str) -> dict[str, str]:
    return {"id": id, "name": name, "language": language, "model": model}


def mixing(name: str) -> tuple[Model, str]:
    """The model that mixes these voices, and the language of the first of them. Raises `Refused`."""
    model = speech.owner(name)
    if model is None or model.id == "draft-speech":
        raise Refused(
            f"voices: {name[:80]!r} is no mix of voices that can be mixed; only Kokoro's can be. {LIST}", "voices"
        )
    return model, speech.described(model, name).language


def speaker(said_model: str | None, said_voice: str) -> tuple[Model, str]:
    """Which model speaks, and its own name for the voice. Raises `Refused`, naming where the voices are listed."""
    model = meant(said_model, "speech")
    model = (
        None if model and model.id == "speech" else model
    )  # the best one that is ready: chosen here, to be heard at once
    if classic := CLASSIC.get(said_voice.lower()):
        model = model or (speech.ready() or [catalogue.find("draft-speech")])[0]
        return model, classic_voice(model, classic)
    model = model or speech.owner(said_voice)
    if model is None:
        raise Refused(f"voice: there is no voice {said_voice[:80]!r}. {LIST}", "voice")
    try:
        model.cls.Options.known(said_voice)  # type: ignore[attr-defined]
    except (ValueError, ValidationError) as error:
        raise Refused(f"voice: {error}. {LIST}", "voice") from None
    return model, said_voice


def classic_voice(model: Model, classic: Classic) -> str:
    if model.id == "draft-speech":
        return classic.espeak
    voices = list(model.cls.voices())  # type: ignore[attr-defined]
    if any(voice.id == classic.kokoro for voice in voices):
        return classic.kokoro
    found = nearest(voices, classic.language, classic.sex)
    return found.id if found else str(model.cls.Options.model_fields["voice"].default)
