"""draft-speech: eSpeak NG reads a text aloud, in every language it has, and says when each word was said."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import suppress
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, field_validator, model_validator

from pipelines import base, vtt
from pipelines.base import Context, Model, Status
from pipelines.draft import booth
from pipelines.draft.espeak import Espeak
from pipelines.draft.listen import heard_words, script_language
from pipelines.draft.script import Rest, Say, parse
from pipelines.draft.voices import NoEspeak, Voice, characters, find, voices
from pipelines.faults import Invalid
from pipelines.phrases import Phrase, captions

WPM = 160
BREATH_S, LINE_S = 0.22, 0.5
"""Silence after a sentence and after a line, at speed 1; the room's last tenth of a second comes before it."""
QUIET = 10 / 32768
"""Of full scale: under it nothing is heard."""
OFFERED = ("f2", "f3", "f5", "m3", "m7", "Annie", "Michael", "whisper")


class NothingSaid(Invalid):
    """The text holds nothing that can be read aloud."""


def known(voice: str) -> str:
    if find(voice) is None:
        ids = {v.id: v.id for v in voices()} | {v.name.lower(): v.id for v in voices()}
        near = [ids[match] for match in get_close_matches(voice.lower().partition("+")[0], list(ids), 2, 0.6)]
        raise ValueError(
            f"there is no voice {voice[:60]!r}; "
            + (f"did you mean {' or '.join(dict.fromkeys(near))}? " if near else "")
            + "A voice is a language such as en-gb, en-us, de, fr or cmn, and may name a character: en-gb+f3"
        )
    return voice


def offer(schema: dict[str, Any]) -> None:
    """The voices as suggestions, with their names; any other with a character added is taken too."""
    with suppress(NoEspeak):
        names = {v.id: v.name for v in voices()}
        names |= {f"en-gb+{c}": f"English, {c}" for c in OFFERED if c in characters()}
        schema |= {"examples": list(names), "x-names": names}


def offer_languages(schema: dict[str, Any]) -> None:
    with suppress(NoEspeak):
        schema["examples"] = ["auto", *(v.id for v in voices())]


class SpeechOptions(base.Options):
    text: str = Field(
        min_length=1,
        max_length=100_000,
        title="Text",
        description="What to say. [pause:1s] is silent for a second, [voice:en-us] goes on in another voice",
    )
    voice: str = Field(
        "en-gb",
        max_length=80,
        title="Voice",
        description="A language, and a character if you like: en-gb, de, en-us+f3",
        json_schema_extra=offer,
    )
    language: str = Field(
        "auto",
        max_length=40,
        title="Language",
        description="auto is the voice's own, or, for a script it does not read, one that does",
        json_schema_extra=offer_languages,
    )
    speed: float = Field(1, ge=0.5, le=2, title="Speed", description="2 is twice as fast")
    pitch: float = Field(1, ge=0, le=2, title="Pitch", description="1 is the voice's own")

    @field_validator("voice")
    @classmethod
    def voice_is_known(cls, voice: str) -> str:
        return known(voice)

    @field_validator("language")
    @classmethod
    def language_is_known(cls, language: str) -> str:
        return language if language == "auto" else known(language)

    @model_validator(mode="after")
    def marks_make_sense(self) -> SpeechOptions:
        said = [part for part in parse(self.text) if isinstance(part, Say)]
        for voice in dict.fromkeys(part.voice for part in said if part.voice):
            known(voice)
        if not said:
            raise ValueError("the text holds nothing to say")
        return self


class DraftSpeech(base.Pipeline):
    """Yields speech.wav (48 kHz, mono, 16 bits, -18 LUFS) and speech.vtt, its captions with a time for each word.

    About a hundred times faster than the speech lasts. The seed changes nothing.
    """

    Options = SpeechOptions

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        try:
            voices()
        except NoEspeak as fault:
            return "needs_package", f"{fault.message} {fault.advice}"
        return "ready", ""

    def run(self, options: SpeechOptions, context: Context) -> Iterator[Path]:
        sound, text = context.workdir / "speech.wav", context.workdir / "speech.vtt"
        phrases = self.record(options, context, sound)
        if not phrases:
            raise NothingSaid("The voice finds nothing to say in this text.", "Write words, or choose another voice.")
        context.progress(0.97, "setting the level")
        booth.level(sound)
        text.write_text(vtt.write(captions(phrases)), encoding="utf-8", newline="\n")
        yield sound
        yield text

    def record(self, options: SpeechOptions, context: Context, to: Path) -> list[Phrase]:
        """Say everything into `to`, sentence by sentence; what was said when."""
        parts, phrases = list(parse(options.text)), list[Phrase]()
        with wave.open(str(to), "wb") as tape, Espeak() as espeak:
            tape.setnchannels(1)
            tape.setsampwidth(2)
            tape.setframerate(booth.RATE)
            due = 0.0  # a breath is only taken when something follows; a pause that was asked for stands
            for n, part in enumerate(parts):
                context.progress(0.95 * n / len(parts), f"part {n + 1} of {len(parts)}")
                if isinstance(part, Rest):
                    due = LINE_S / options.speed if part.seconds is None and phrases else 0.0
                    silence(tape, part.seconds or 0)
                    continue
                voice, character = cast(part, options)
                pitch = min(99, round(50 * options.pitch))
                take = espeak.say(part.text, voice, character, round(WPM * options.speed), pitch)
                heard, lead_s = trimmed(booth.recorded(np.frombuffer(take.samples, "<i2"), take.rate))
                if not len(heard):
                    continue
                silence(tape, due)
                starts = [(at, max(0.0, s - lead_s)) for at, s in take.words]
                phrases.append(heard_words(part.text, starts, heard, tape.getnframes() / booth.RATE))
                tape.writeframesraw(booth.pcm(heard).tobytes())
                asked = n + 1 < len(parts) and isinstance(rest := parts[n + 1], Rest) and rest.seconds is not None
                due = 0.0 if asked else BREATH_S / options.speed
        return phrases


def cast(part: Say, options: SpeechOptions) -> tuple[Voice, str]:
    """Who says it: the voice marked, else the one chosen, in the language chosen, else one that reads its script."""
    found = find(part.voice or options.voice)
    assert found is not None, "options name known voices only"
    voice, character = found
    language = options.language if not part.voice else "auto"
    if language == "auto":
        language = script_language(part.text, voice.language)
    other = find(language) if language else None
    return (other[0], character) if other else (voice, character)


def silence(tape: wave.Wave_write, seconds: float) -> None:
    for at in range(0, count := round(seconds * booth.RATE), booth.RATE):
        tape.writeframesraw(bytes(2 * min(booth.RATE, count - at)))


def trimmed(sound: np.ndarray) -> tuple[np.ndarray, float]:
    """The sound from its first to its last sample that can be heard, so that a silence is as long as it was asked to
    be; and how many seconds went at the front."""
    loud = np.flatnonzero(np.abs(sound) > QUIET)
    return (sound[loud[0] : loud[-1] + 1], float(loud[0] / booth.RATE)) if len(loud) else (sound[:0], 0.0)
