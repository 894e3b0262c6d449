"""Takes fal's requests in: reads the body, brings in what it names, and puts the job in line with its promise of a
call. The same request again, when nobody got the answer, is the same job."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from pipelines import catalogue
from pipelines.faults import Invalid
from studio.api import letter
from studio.api.addresses import base_of, media_at
from studio.api.errors import Malformed
from studio.api.fal import answers, cutting, llm, probes
from studio.api.fal.ids import target_of
from studio.api.fal.ledger import Asked, Ledger
from studio.api.fal.slots import Slots
from studio.api.fal.wishes import Bring, Wish, generation
from studio.api.signing import sealing
from studio.library.fetch import Fetcher
from studio.people import asking
from studio.studio import Studio
from studio.types import Job, new_id

AT_ONCE = 16
"""So many requests are read at once: each may wait for another machine, and nothing else waits for them."""
CUTTING: dict[str, Callable[[dict[str, Any], Bring], Wish]] = {
    "fal-ai/ffmpeg-api/compose": cutting.compose,
    "fal-ai/ffmpeg-api": cutting.compose,
    "fal-ai/ffmpeg-api/merge-videos": cutting.merge_videos,
    "fal-ai/ffmpeg-api/merge-audios": cutting.merge_audios,
    "fal-ai/ffmpeg-api/loudnorm": cutting.loudnorm,
}
SCORES = ("fal-ai/mmaudio-v2",)
PROBES = {
    "fal-ai/ffmpeg-api/metadata": probes.metadata,
    "fal-ai/ffmpeg-api/waveform": probes.waveform,
    "fal-ai/ffmpeg-api/extract-frame": probes.extract_frame,
}


@dataclass(eq=False)
class Open:
    """A request that has not been answered yet."""

    request: Request
    asked: asyncio.Future[Asked]
    digest: str


class Desk:
    def __init__(self, studio: Studio, slots: Slots):
        self.studio, self.ledger = studio, Ledger(studio.db)
        self.fetcher = Fetcher(studio.library, studio.outside, own=slots.asset)
        self.hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="fal")
        self.open: dict[str, list[Open]] = {}
        studio.webhooks.shapes["fal"] = self.call

    async def take(self, request: Request, endpoint: str) -> Asked:
        """The request written down, and its job in line. Raises what is wrong with it."""
        endpoint, body, base = endpoint.strip("/"), await request.body(), base_of(request)
        webhook = request.query_params.get("fal_webhook", "")
        low = request.headers.get("x-fal-queue-priority", "").lower() == "low"
        of = (endpoint, webhook, asking().id + request.headers.get("authorization", ""))
        said, digest = await self.aside(read, body, request.headers.get("content-type", ""), of)
        if known := await self.lost(digest):
            return known
        here = Open(request, asyncio.get_running_loop().create_future(), digest)
        self.open.setdefault(digest, []).append(here)
        try:
            asked = await self.aside(self.put, endpoint, said, base, webhook, low, digest)
        except BaseException as error:
            here.asked.set_exception(error)
            here.asked.exception()  # looked at, should nobody wait for it
            self.close(here)
            raise
        here.asked.set_result(asked)
        return asked

    async def aside(self, work: Callable[..., Any], *given: Any) -> Any:
        """Work done beside the event loop, in the name of whoever asked."""
        here = contextvars.copy_context()
        return await asyncio.get_running_loop().run_in_executor(self.hands, lambda: here.run(work, *given))

    async def lost(self, digest: str) -> Asked | None:
        """The same request of a moment ago, if whoever sent it is gone and never got the answer. While that one still
        waits, this is another one."""
        for one in list(self.open.get(digest, ())):
            gone = await one.request.is_disconnected()
            if gone and one in self.open.get(digest, ()):  # one that was answered meanwhile is over, not gone
                return await asyncio.shield(one.asked)
        return self.ledger.lost(digest)

    def answered(self, asked: Asked, request: Request, got: bool) -> None:
        """The request is about to be answered; whether there is somebody to hear it."""
        self.ledger.answered(asked.id, got)
        for one in [one for those in self.open.values() for one in those if one.request is request]:
            self.close(one)

    def close(self, one: Open) -> None:
        those = self.open.get(one.digest, [])
        if one in those:
            those.remove(one)
        if not those:
            self.open.pop(one.digest, None)

    def put(self, endpoint: str, said: dict[str, Any], base: str, webhook: str, low: bool, digest: str) -> Asked:
        if webhook:
            self.studio.outside.check(webhook)
        wish = self.wish(endpoint, said, base, low)
        with self.studio.db.transaction():
            job = self.job(wish)
            asked = self.ledger.put(job.id if job else new_id(), endpoint, wish, digest, job.id if job else None)
            if webhook:
                self.studio.webhooks.promise(asked.id, webhook, job=asked.job, shape="fal", base=base)
        return asked

    def wish(self, endpoint: str, said: dict[str, Any], base: str, low: bool) -> Wish:
        if endpoint in CUTTING:
            return CUTTING[endpoint](said, self.fetcher.asset)
        if endpoint in PROBES:
            library = self.studio.library
            return PROBES[endpoint](said, self.fetcher.asset, library, lambda asset: media_at(base, asset))
        if endpoint in SCORES:
            return cutting.score(
                said, self.fetcher.asset, lambda r: self.studio.settle(catalogue.find(r.model), r.options)
            )
        if endpoint in llm.IDS:
            return llm.ask(said)
        return generation(target_of(endpoint), said, self.fetcher.asset, low)

    def job(self, wish: Wish) -> Job | None:
        if wish.request is not None:
            return self.studio.submit(wish.request)[0]
        if wish.film is not None:
            timeline, format, settings = wish.film
            return self.studio.export(timeline=timeline, format=format, settings=settings)[0]
        return self.studio.put(wish.chore) if wish.chore else None

    # --- looked at ------------------------------------------------------------------------------------------------

    def find(self, id: str) -> tuple[Asked, Job | None]:
        """A request and its job, as they are now. A job that came through another door is none of fal's."""
        asked = self.ledger.get(id)
        return asked, self.studio.queue.get(asked.job) if asked.job else None

    def over(self, asked: Asked) -> bool:
        return asked.job is None or self.studio.queue.is_over(asked.job)

    def call(self, about: str, base: str) -> dict[str, Any]:
        """What a webhook of fal's is told."""
        asked, job = self.find(about)
        said: dict[str, Any] = {"request_id": asked.id, "gateway_request_id": asked.id}
        if job is None or job.status == "done":
            with sealing(self.studio.locks):
                return said | {"status": "OK", "error": None, "payload": answers.output(asked, job, base)}
        why = job.error.message if job.error else "The request was cancelled."
        return said | {"status": "ERROR", "error": why, "payload": {"detail": why}}


def read(body: bytes, kind: str, of: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """A request's input, and what tells it from every other request. No body at all is an empty one."""
    said: Any = {}
    if body.strip():
        letter.check(body, kind or "application/json")
        try:
            said = json.loads(body, parse_constant=no_number)
        except (ValueError, RecursionError):
            raise Malformed("The body is not JSON.", "Send the model's input as a JSON object.") from None
    if not isinstance(said, dict):
        raise Invalid("The body should be a JSON object.", "Send the model's input.")
    return said, hashlib.sha256(json.dumps([of, said], sort_keys=True).encode()).hexdigest()


def no_number(word: str) -> None:
    """NaN and Infinity are no JSON."""
    raise ValueError(word)
