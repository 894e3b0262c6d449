"""Chat with a language model at any OpenAI-compatible endpoint, within hard bounds on tokens, bytes and time.

STUDIO_LLM_URL, STUDIO_LLM_MODEL and STUDIO_LLM_KEY say which; without them Ollama's on this machine is taken when it
answers. The protocol: https://platform.openai.com/docs/api-reference/chat.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from pydantic import BaseModel, SecretStr

from pipelines import answers, server
from pipelines.faults import Fault, Unavailable
from pipelines.neighbours import OLLAMA

TOKENS, SECONDS, TRIES = 4000, 120.0, 3
BYTES_A_TOKEN = 12
"""No tokenizer makes more of one; what comes beyond is an endless answer, and is not read."""
OVERHEAD = 40  # bytes of the protocol around each byte of a streamed answer, generously
BUSY = (429, 502, 503)
SYSTEM = "Answer with one JSON object that follows this JSON schema, and with nothing else:\n"
Answer = TypeVar("Answer", bound=BaseModel)
Message = dict[str, str]


class NoAnswer(Fault):
    """The language model refused, broke off, or took too long."""


class BadAnswer(NoAnswer):
    """What it said is not what it was asked for, also after it was told so."""


@dataclass(frozen=True)
class Endpoint:
    """Where to ask, and for which model. Its key is shown to nobody."""

    url: str
    model: str
    key: SecretStr | None = None

    @property
    def place(self) -> str:
        return urlsplit(self.url).netloc


@dataclass
class Bounds:
    """What one request may cost, all its tries together."""

    tokens: int = TOKENS
    seconds: float = SECONDS
    tries: int = TRIES


def find(url: str | None = None, model: str | None = None, key: SecretStr | str | None = None) -> Endpoint | None:
    """The endpoint that is set, or this machine's Ollama; None where there is neither, or nobody answers there."""
    given = url or os.environ.get("STUDIO_LLM_URL") or ""
    base = address(given or OLLAMA)
    if not server.answers(base):
        return None
    key = key or os.environ.get("STUDIO_LLM_KEY") or None
    secret = SecretStr(key) if isinstance(key, str) else key
    model = model or os.environ.get("STUDIO_LLM_MODEL") or server.remembered("llm", base, lambda: first(base, secret))
    return Endpoint(base, model, secret) if model else None


def address(url: str) -> str:
    """The API's root, however much of it was given: a host alone, /v1, or the whole way to /chat/completions."""
    url = url.rstrip("/").removesuffix("/chat/completions").rstrip("/")
    return url if urlsplit(url).path.strip("/") else f"{url}/v1"


def first(base: str, key: SecretStr | None) -> str:
    """The first model that is there to talk to; "" when nobody says."""
    try:
        with httpx.Client(timeout=3, trust_env=False, headers=signed(key)) as client:
            listed = client.get(f"{base}/models").raise_for_status().json()["data"]
            return next((str(m["id"]) for m in listed if "embed" not in str(m["id"]).lower()), "")
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return ""


def signed(key: SecretStr | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}


def ask(where: Endpoint, schema: type[Answer], messages: list[Message], **more: Any) -> Answer:
    """`answer`, for those who have no event loop."""
    return asyncio.run(answer(where, schema, messages, **more))


async def answer(
    where: Endpoint,
    schema: type[Answer],
    messages: list[Message],
    *,
    bounds: Bounds | None = None,
    check: Callable[[Answer], str] = lambda _: "",
) -> Answer:
    """A value of this model, as JSON that was looked for, mended and checked. `check` says what is wrong with a value
    that fits the schema, or "". What is wrong is told to the model, which may try again within the same bounds.
    Raises `NoAnswer`, or `BadAnswer` when the last try was no better."""
    bounds, shape = bounds or Bounds(), answers.schema_of(schema)
    talk = [{"role": "system", "content": SYSTEM + json.dumps(shape, ensure_ascii=False)}, *messages]
    line, fault = Line(where, bounds, shape, schema.__name__), ""
    try:
        async with asyncio.timeout(bounds.seconds):
            for _ in range(bounds.tries):
                said = await line.say(talk)
                try:
                    value = answers.read(said, schema)
                    if not (fault := check(value)):
                        return value
                except ValueError as error:
                    fault = str(error)
                if line.tokens < 64:
                    break
                again = f"That cannot be used: {fault}. Answer again, with the JSON object alone."
                said_and_told = ({"role": "assistant", "content": said[:8000]}, {"role": "user", "content": again})
                talk = [*talk[: 1 + len(messages)], *said_and_told]
    except TimeoutError:
        raise too_slow(where, bounds) from None
    raise BadAnswer(f"{where.model} at {where.place} gave no usable answer: {fault}"[:400], "Try another model.")


def chat(where: Endpoint, messages: list[Message], *, bounds: Bounds | None = None) -> str:
    """What the model says to these messages, as plain text. Raises `NoAnswer`."""

    async def said() -> str:
        limits = bounds or Bounds()
        try:
            async with asyncio.timeout(limits.seconds):
                return await Line(where, limits).say(messages)
        except TimeoutError:
            raise too_slow(where, limits) from None

    return asyncio.run(said())


def too_slow(where: Endpoint, bounds: Bounds) -> NoAnswer:
    return NoAnswer(f"{where.model} at {where.place} did not answer within {bounds.seconds:g} s.",
                    "Choose a smaller model with STUDIO_LLM_MODEL.")  # fmt: skip


@dataclass
class Line:
    """A conversation's way to its endpoint. What the endpoint does not take is left out from then on."""

    where: Endpoint
    bounds: Bounds
    shape: dict[str, Any] | None = None
    name: str = "answer"
    refused: set[str] = field(default_factory=set)
    tokens: int = 0

    def __post_init__(self) -> None:
        self.tokens = self.bounds.tokens

    async def say(self, messages: list[Message]) -> str:
        """One answer, cut off where the bounds end. What it cost is taken from the tokens left."""
        async with httpx.AsyncClient(trust_env=False, timeout=self.bounds.seconds) as client:
            for wait in (0.2, 1.0, 3.0, 0.2, 0.2, 0.2, 0.2):
                body, headers = self.body(messages), signed(self.where.key)
                try:
                    async with client.stream(
                        "POST", f"{self.where.url}/chat/completions", json=body, headers=headers
                    ) as reply:
                        if reply.status_code == 200:
                            return await self.heard(reply)
                        why = await start_of(reply)
                except (httpx.HTTPError, UnicodeError) as error:
                    broke = type(error).__name__
                    raise NoAnswer(f"{self.where.place} broke off: {broke}.", "See that it runs, and retry.") from None
                if reply.status_code in BUSY:
                    await asyncio.sleep(wait)
                elif reply.status_code not in (400, 404, 422) or not self.simpler(why):
                    break
        raise self.refusal(reply.status_code, why)

    def body(self, messages: list[Message]) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self.where.model, "messages": messages, "stream": True, "temperature": 0.4}
        if self.shape and "json_schema" not in self.refused:
            schema = {"name": self.name, "schema": self.shape, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.shape and "json_object" not in self.refused:
            body["response_format"] = {"type": "json_object"}
        limit = "max_completion_tokens" if "max_tokens" in self.refused else "max_tokens"
        body[limit] = self.tokens
        return {name: value for name, value in body.items() if name == limit or name not in self.refused}

    def simpler(self, why: str) -> bool:
        """Leave out what was refused: what the refusal names, else the constraint. Says whether anything was left."""
        named = [name for name in ("max_tokens", "temperature") if name in why and name not in self.refused]
        formats = [name for name in ("json_schema", "json_object") if self.shape and name not in self.refused]
        drop = (named or formats)[:1]
        self.refused.update(drop)
        return bool(drop)

    def refusal(self, status: int, why: str) -> Fault:
        place = self.where.place
        if status in (401, 403):
            return Unavailable(f"{place} does not accept the key.", "Set STUDIO_LLM_KEY.")
        if self.where.key:
            why = why.replace(self.where.key.get_secret_value(), "…")
        return NoAnswer(f"{place} answered {status}: {why[:200]}".strip(), "See STUDIO_LLM_URL and STUDIO_LLM_MODEL.")

    async def heard(self, reply: httpx.Response) -> str:
        """The words of an answer, streamed or whole, as far as the bounds go."""
        most = self.tokens * BYTES_A_TOKEN
        if "text/event-stream" not in reply.headers.get("content-type", ""):
            text = worded(await start_of(reply, most * 2 + 20_000), "message")
        else:
            text = await self.streamed(reply, most)
        self.tokens = max(0, self.tokens - len(text.encode()) // 4)
        return text[:most]

    async def streamed(self, reply: httpx.Response, most: int) -> str:
        parts, size, line, read = list[str](), 0, b"", 0
        async for chunk in reply.aiter_bytes():
            read += len(chunk)
            *lines, line = (line + chunk).split(b"\n")
            for one in lines:
                data = one.decode("utf-8", "replace").strip().removeprefix("data:").strip()
                if data == "[DONE]":
                    return "".join(parts)
                parts.append(worded(data, "delta"))
                size += len(parts[-1])
            if size > most or read > most * OVERHEAD or len(line) > most:
                break
        return "".join(parts)


def worded(data: str, part: str) -> str:
    """The words in one piece of the protocol; none where it is something else."""
    try:
        said = json.loads(data)["choices"][0][part]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError):
        return ""
    return said if isinstance(said, str) else ""


async def start_of(reply: httpx.Response, most: int = 4000) -> str:
    text = b""
    async for chunk in reply.aiter_bytes():
        text += chunk
        if len(text) > most:
            break
    return text[:most].decode("utf-8", "replace")
