"""POST /v1/audio/speech: a text read aloud, sent while it is spoken."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import Field, field_validator
from starlette.concurrency import run_in_threadpool

from studio.api.openai.encoding import FORMS, encoded
from studio.api.openai.errors import Dialect, NotMade
from studio.api.openai.forms import Wish, read
from studio.api.openai.voices import speaker
from studio.studio import Studio
from studio.types import GenerationRequest, Job
from studio.work.heard import Tape

ENOUGH = 2 * 48_000  # a second: enough to know how loud the voice is
SLOWEST, FASTEST = 0.5, 2.0  # what the voices do themselves; beyond, their sound is stretched
LANGUAGES = {
    "a": "en-us", "b": "en-gb", "e": "es", "f": "fr-fr", "h": "hi", "i": "it", "p": "pt-br", "z": "zh", "j": "ja",
}  # fmt: skip
NOT_COUNTED = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}


class SpeechWish(Wish):
    input: str = Field(min_length=1, max_length=100_000)
    model: str | None = Field(None, max_length=200)
    voice: str = Field("alloy", min_length=1, max_length=200)
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    speed: float = Field(1.0, ge=0.25, le=4)
    stream_format: Literal["audio", "sse"] = "audio"
    lang_code: str | None = Field(None, max_length=40)

    @field_validator("voice", mode="before")
    @classmethod
    def by_name(cls, voice: Any) -> Any:
        return voice.get("id") if isinstance(voice, dict) else voice


def router(studio: Studio) -> APIRouter:
    routes = APIRouter(prefix="/audio", route_class=Dialect)

    @routes.post("/speech")
    async def speech(request: Request) -> Response:
        wish, _ = await read(request, SpeechWish)
        job = await run_in_threadpool(put, studio, wish)
        tape = Tape(studio.home, studio.queue, job.id)
        over = await tape.begun(ENOUGH)
        if over and over.status != "done":
            tape.close()
            raise NotMade(over)
        sound = await spoken(wish, tape, over)
        mime = FORMS[wish.response_format].mime
        if wish.stream_format == "sse":
            return StreamingResponse(events(sound), media_type="text/event-stream")
        return StreamingResponse(
            sound, media_type=mime, headers={"cache-control": "no-store", "x-homereel-job": job.id}
        )

    return routes


def put(studio: Studio, wish: SpeechWish) -> Job:
    model, voice = speaker(wish.model, wish.voice)
    options: dict[str, Any] = {"text": wish.input, "voice": voice, "speed": min(FASTEST, max(SLOWEST, wish.speed))}
    if wish.lang_code:
        options["language"] = LANGUAGES.get(wish.lang_code, wish.lang_code)
    return studio.submit(GenerationRequest(model=model.id, options=options))[0]


async def spoken(wish: SpeechWish, tape: Tape, over: Job | None) -> AsyncIterator[bytes]:
    """The finished file, where it is finished; else what is said, as it is said, at the level of its beginning."""
    tempo = wish.speed / min(FASTEST, max(SLOWEST, wish.speed))
    if over:
        tape.close()
        return encoded(over.assets[0].path, wish.response_format, tempo=tempo)
    first = tape.read()
    gain = await run_in_threadpool(level_of, first)
    return encoded(joined(first, tape), wish.response_format, gain=gain, tempo=tempo)


def level_of(sound: bytes) -> float:
    import numpy as np

    from pipelines.spoken.level import gain_for

    return gain_for(np.frombuffer(sound, "<i2"))


async def joined(first: bytes, tape: Tape) -> AsyncIterator[bytes]:
    try:
        yield first
        async for data in tape.rest():
            yield data
    finally:
        tape.close()


async def events(sound: AsyncIterator[bytes]) -> AsyncIterator[str]:
    async for data in sound:
        yield said("speech.audio.delta", audio=base64.b64encode(data).decode())
    yield said("speech.audio.done", usage=NOT_COUNTED)


def said(type: str, **more: Any) -> str:
    return f"event: {type}\ndata: {json.dumps({'type': type, **more})}\n\n"
