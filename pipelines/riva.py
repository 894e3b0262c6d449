"""NVIDIA Riva reads a text aloud, on a server of its own at STUDIO_RIVA_URL, spoken to by gRPC.

After the protos that nvidia-riva-client brings, https://github.com/nvidia-riva/common.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import Any

import numpy as np
from pydantic import Field

from pipelines import server
from pipelines.base import Model, Status
from pipelines.faults import Fault, Unavailable
from pipelines.spoken.lexicon import Span, as_written
from pipelines.spoken.options import SpokenOptions
from pipelines.spoken.reader import Reader, Take
from pipelines.spoken.script import Say
from pipelines.spoken.voices import Voice, meant, nearest, offered, tag

RATE = 48_000
ANSWER_S, SENTENCE_S = 2.0, 60.0
"""How long to wait for the list of voices, and for a sentence."""


class RivaFailed(Fault):
    """The Riva server refused, or broke off."""


def url() -> str:
    """Where the server is, host:port; "" when nobody said."""
    return os.environ.get("STUDIO_RIVA_URL", "").removeprefix("http://").removeprefix("grpc://").rstrip("/")


def stub(channel: Any) -> Any:
    from riva.client.proto.riva_tts_pb2_grpc import RivaSpeechSynthesisStub

    return RivaSpeechSynthesisStub(channel)


def channel() -> Any:
    """A connection to the server, encrypted where the address begins with https://."""
    import grpc

    where = url()
    if where.startswith("https://"):
        return grpc.secure_channel(where.removeprefix("https://"), grpc.ssl_channel_credentials())
    return grpc.insecure_channel(where)


def voices() -> tuple[Voice, ...]:
    """The server's voices, by language; none when it does not answer."""
    if not url() or find_spec("riva") is None or not server.answers(url()):
        return ()
    return server.remembered("voices", url(), ask)


def ask() -> tuple[Voice, ...]:
    import grpc
    from riva.client.proto.riva_tts_pb2 import RivaSynthesisConfigRequest

    try:
        with channel() as line:
            answer = stub(line).GetRivaSynthesisConfig(RivaSynthesisConfigRequest(), timeout=ANSWER_S)
    except grpc.RpcError:
        return ()
    found: dict[str, Voice] = {}
    for config in answer.model_config:
        languages = [code.strip() for code in config.parameters["language_code"].split(",")]
        family = config.parameters["voice_name"]
        for part in filter(None, config.parameters["subvoices"].split(",")):
            name = part.partition(":")[0].strip()
            own = next((code for code in languages if name.lower().startswith(f"{code.lower()}.")), languages[0])
            sex = "f" if "female" in name.lower() else "m" if "male" in name.lower() else ""
            found.setdefault(f"{family}.{name}", Voice(f"{family}.{name}", f"{name}, {own}", tag(own), sex))
        if not config.parameters["subvoices"] and family:
            found.setdefault(family, Voice(family, family, tag(languages[0])))
    return tuple(found.values())


def offer(schema: dict[str, Any]) -> None:
    offered(schema, voices())


class RivaOptions(SpokenOptions):
    voice: str = Field(
        "auto",
        max_length=200,
        title="Voice",
        description="One of the server's; auto is its first for the language",
        json_schema_extra=offer,
    )

    @classmethod
    def known(cls, voice: str) -> str:
        found = voices()
        if voice != "auto" and found and voice not in {v.id for v in found}:
            raise ValueError(
                f"there is no voice {voice[:60]!r}; {meant(found, voice)}"
                f"The server has {', '.join(v.id for v in found)}"
            )
        return voice


class Riva(Reader):
    """Yields speech.wav (48 kHz, mono, 16 bits, -18 LUFS) and speech.vtt.

    Words are timed as the server times them; where it does not, they share their sentence by their length. The seed
    changes nothing. Raises `RivaFailed`, with what the server said.
    """

    Options = RivaOptions
    QUIET = 0.003

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        if find_spec("riva") is None:
            return "needs_package", "nvidia-riva-client is not installed: ./setup.sh models brings it."
        if not url():
            return "needs_server", "STUDIO_RIVA_URL says no server: set it to host:port, such as 127.0.0.1:50051."
        if not server.answers(url()):
            return "needs_server", f"No server answers at {url()}: start Riva there, or set STUDIO_RIVA_URL."
        if not voices():
            return "needs_server", f"The server at {url()} lists no voices: deploy a speech synthesis model on it."
        return "ready", ""

    @classmethod
    def voices(cls) -> tuple[Voice, ...]:
        return voices()

    def load(self) -> None:
        if not voices():
            raise Unavailable(self.status(self.model)[1], "`studio doctor` tells more.")
        self.line = channel()

    def unload(self) -> None:
        self.line.close()

    def speaker(self, part: Say, options: Any) -> tuple[str, str]:
        """Who says it, and in which language."""
        name, found = part.voice or options.voice, voices()
        own = next((v for v in found if v.id == name), None)
        if own is None:
            wanted = "en-us" if options.language == "auto" else options.language
            own = nearest(found, wanted) or next(iter(found), None)
        if own is None:
            raise Unavailable("The Riva server lists no voices any more.", "Look whether it runs.")
        return own.id, own.language if options.language == "auto" or part.voice else tag(options.language)

    def say(self, part: Say, text: list[Span], options: Any) -> Take:
        import grpc
        from riva.client.proto.riva_audio_pb2 import AudioEncoding
        from riva.client.proto.riva_tts_pb2 import SynthesizeSpeechRequest

        name, language = self.speaker(part, options)
        words = [span.said for span in text]
        asked = SynthesizeSpeechRequest(
            text="".join(words).replace("<speak", "< speak"),
            language_code=bcp47(language),
            encoding=AudioEncoding.LINEAR_PCM,
            sample_rate_hz=RATE,
            voice_name=name,
            custom_dictionary=",".join(f"{span.written}  {span.ipa}" for span in text if span.ipa),
            enable_word_time_offsets=True,
        )
        if options.speed != 1:
            asked.text = f'<speak><prosody rate="{options.speed:.0%}">{escaped(asked.text)}</prosody></speak>'
        try:
            answer = self.waited(stub(self.line).Synthesize.future(asked, timeout=SENTENCE_S))
        except grpc.RpcError as refusal:
            error: Any = refusal
            said = error.details() or error.code().name
            raise RivaFailed(f"The Riva server could not say {part.text[:60]!r}: {said[:300]}", cure(error)) from None
        sound = np.frombuffer(answer.audio[: len(answer.audio) // 2 * 2], "<i2").astype(np.float32) / 32768
        return Take(sound, as_written(timed("".join(words), answer.meta.words, len(sound) / RATE), text, words))

    def waited(self, call: Any) -> Any:
        """The server's answer; a job that is stopped meanwhile stops the server too."""
        import grpc

        try:
            while True:
                try:
                    return call.result(timeout=0.1)
                except grpc.FutureTimeoutError:
                    self.pulse()
        finally:
            call.cancel()


def timed(said: str, times: Any, length_s: float) -> list[tuple[int, float]]:
    """Where the words begin that the server timed, in milliseconds; else each by its share of the letters."""
    marks, at = list[tuple[int, float]](), 0
    for timing in times:
        found = said.lower().find(timing.word.lower(), at)
        if found >= 0 and timing.word:
            marks.append((found, timing.start_time / 1000))
            at = found + len(timing.word)
    if marks:
        return marks
    starts = [n for n, c in enumerate(said) if not c.isspace() and (not n or said[n - 1].isspace())]
    return [(start, length_s * start / max(1, len(said))) for start in starts]


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bcp47(language: str) -> str:
    """en-us as the server writes it: en-US."""
    code, _, place = language.partition("-")
    return f"{code}-{place.upper()}" if place else code


def cure(error: Any) -> str:
    import grpc

    code = error.code()
    if code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
        return "Look whether the server runs and is not overloaded, then retry."
    if code in (grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED):
        return "The server wants a key, which the studio does not send: use one of your own."
    return "Change that sentence, the voice or the language; the server's log has more."
