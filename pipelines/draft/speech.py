"""draft-speech: eSpeak NG reads a text aloud, in every language it has, and says when each word was said."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np
from pydantic import Field

from pipelines.base import Model, Status
from pipelines.draft import booth
from pipelines.draft.espeak import Espeak
from pipelines.draft.ipa import mnemonics
from pipelines.draft.voices import NoEspeak, Voice, characters, find, voices
from pipelines.spoken import voices as cast
from pipelines.spoken.lexicon import Span, as_written
from pipelines.spoken.options import SpokenOptions
from pipelines.spoken.reader import Reader, Take
from pipelines.spoken.script import Say
from pipelines.spoken.writing import script_language

WPM = 160
OFFERED = ("f2", "f3", "f5", "m3", "m7", "Annie", "Michael", "whisper")


def offer(schema: dict[str, Any]) -> None:
    """The voices as suggestions, with their names; any other with a character added is taken too."""
    with suppress(NoEspeak):
        names = {v.id: v.name for v in voices()}
        names |= {f"en-gb+{c}": f"English, {c}" for c in OFFERED if c in characters()}
        schema |= {"examples": list(names), "x-names": names}


def offer_languages(schema: dict[str, Any]) -> None:
    with suppress(NoEspeak):
        schema["examples"] = ["auto", *(v.id for v in voices())]


class SpeechOptions(SpokenOptions):
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
    pitch: float = Field(1, ge=0, le=2, title="Pitch", description="1 is the voice's own")

    @classmethod
    def known(cls, voice: str) -> str:
        if find(voice) is None:
            raise ValueError(
                f"there is no voice {voice[:60]!r}; {cast.meant(DraftSpeech.voices(), voice.partition('+')[0])}"
                "A voice is a language such as en-gb, en-us, de, fr or cmn, and may name a character: en-gb+f3"
            )
        return voice

    @classmethod
    def spoken(cls, language: str) -> str:
        return cls.known(language)


class DraftSpeech(Reader):
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

    @classmethod
    def voices(cls) -> list[cast.Voice]:
        """Every language and accent, by id."""
        return [cast.Voice(v.id, v.name, v.language) for v in voices()]

    def begin(self, options: SpeechOptions) -> None:
        self.espeak = Espeak().__enter__()

    def end(self) -> None:
        self.espeak.__exit__()

    def say(self, part: Say, text: list[Span], options: SpeechOptions) -> Take:
        voice, character = speaker(part, options)
        by_sound = any(span.ipa for span in text)
        words = [
            f"[[{mnemonics(s.ipa)}]]" if s.ipa else s.said.replace("[[", "[ [") if by_sound else s.said for s in text
        ]
        pitch, wpm = min(99, round(50 * options.pitch)), round(WPM * options.speed)
        take = self.espeak.say("".join(words), voice, character, wpm, pitch, by_sound)
        return Take(booth.recorded(np.frombuffer(take.samples, "<i2"), take.rate), as_written(take.words, text, words))


def speaker(part: Say, options: SpeechOptions) -> tuple[Voice, str]:
    """Who says it: the voice marked, else the one chosen, in the language chosen, else one that reads its script."""
    found = find(part.voice or options.voice)
    assert found is not None, "options name known voices only"
    voice, character = found
    language = options.language if not part.voice else "auto"
    if language == "auto":
        language = script_language(part.text, voice.language)
    other = find(language) if language else None
    return (other[0], character) if other else (voice, character)
