"""What every voice can be asked for: the text, who says it, how fast, and how its words are pronounced."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from pipelines import base
from pipelines.spoken.lexicon import read_lexicon
from pipelines.spoken.script import Rest, Say, parse, read_cast


class SpokenOptions(base.Options):
    """Options of a model that reads aloud. Its own declares `voice` anew, with its default, and says which it knows."""

    text: str = Field(
        min_length=1,
        max_length=100_000,
        title="Text",
        description="What to say. [pause:1s] is silent for a second, [voice:x] goes on in another voice",
    )
    voice: str = Field("auto", max_length=200, title="Voice", description="Who says it")
    language: str = Field("auto", max_length=40, title="Language", description="auto is the voice's own")
    speed: float = Field(1, ge=0.5, le=2, title="Speed", description="2 is twice as fast")
    cast: str = Field(
        "",
        max_length=10_000,
        title="Cast",
        description="Who speaks with which voice, one a line: Ada = VOICE. Lines that start with Ada: are then hers",
    )
    lexicon: str = Field(
        "",
        max_length=100_000,
        title="Lexicon",
        description="How to say words, one a line: Leigh = Lee, or by its sounds: Leigh = /liː/",
    )

    @classmethod
    def known(cls, voice: str) -> str:
        """The voice, when there is one of that name. Raises `ValueError`, saying which there are."""
        return voice

    @classmethod
    def spoken(cls, language: str) -> str:
        """The language, when it is spoken. Raises `ValueError`, saying which are."""
        return language

    @field_validator("cast", "lexicon", mode="before")
    @classmethod
    def one_a_line(cls, value: Any) -> Any:
        """A table, as JSON writes one, in lines."""
        return "\n".join(f"{k} = {v}" for k, v in value.items()) if isinstance(value, dict) else value

    @field_validator("lexicon")
    @classmethod
    def lexicon_makes_sense(cls, lexicon: str) -> str:
        read_lexicon(lexicon)
        return lexicon

    @field_validator("voice")
    @classmethod
    def voice_is_known(cls, voice: str) -> str:
        return cls.known(voice)

    @field_validator("language")
    @classmethod
    def language_is_spoken(cls, language: str) -> str:
        return language if language == "auto" else cls.spoken(language)

    @model_validator(mode="after")
    def script_makes_sense(self) -> Self:
        said = [part for part in self.script() if isinstance(part, Say)]
        for voice in dict.fromkeys([*read_cast(self.cast).values(), *(part.voice for part in said if part.voice)]):
            self.known(voice)
        if not said:
            raise ValueError("the text holds nothing to say")
        return self

    def script(self) -> list[Say | Rest]:
        """What to say and where to be silent, each sentence with its speaker's voice."""
        return list(parse(self.text, read_cast(self.cast)))
