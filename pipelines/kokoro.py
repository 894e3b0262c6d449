"""Kokoro reads a text aloud: 82 million parameters, nine languages, voices that can be mixed.

After https://huggingface.co/hexgrad/Kokoro-82M and the kokoro package's own pipeline, which fetches voices by itself.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field, create_model

from pipelines import weights
from pipelines.base import Context, Model, Pipeline
from pipelines.faults import Unavailable
from pipelines.placement import Placement
from pipelines.spoken import sounds
from pipelines.spoken.kokoro_voices import SPOKEN, voice
from pipelines.spoken.level import RATE
from pipelines.spoken.lexicon import Span
from pipelines.spoken.options import SpokenOptions
from pipelines.spoken.reader import Piece, Reader, Take
from pipelines.spoken.script import Say
from pipelines.spoken.voices import Voice, meant, nearest, tag
from pipelines.spoken.writing import script_language
from pipelines.weighted import Weighted

FRAME_S = 1 / 40
"""How long a step of the durations that the model predicts lasts: 600 samples of 24,000 a second."""
LONGEST = 510
"""Phonemes at once; a voice has a style for each number of them."""


class KokoroOptions(SpokenOptions):
    """What a Kokoro model can be asked for; `voices` are its own."""

    @classmethod
    def voices(cls) -> tuple[Voice, ...]:
        return ()

    @classmethod
    def known(cls, said: str) -> str:
        names = {v.id for v in cls.voices()}
        for name, _ in mixture(said):
            if name not in names:
                raise ValueError(
                    f"there is no voice {name[:60]!r}; {meant(cls.voices(), name)}"
                    "There are af_heart, af_bella, am_michael, bf_emma and others; a plus mixes them: af_bella+af_sky"
                )
            able(voice(name).language)
        return said

    @classmethod
    def spoken(cls, language: str) -> str:
        if tag(language) not in SPOKEN:
            raise ValueError(f"{language[:40]!r} is not spoken; there are {', '.join(SPOKEN)}")
        return able(tag(language))


def able(language: str) -> str:
    """The language, when this machine can pronounce it. Raises `ValueError`, saying what is missing."""
    if lack := sounds.missing(language):
        raise ValueError(f"{SPOKEN[language]} cannot be pronounced here: {lack}")
    return language


def mixture(said: str) -> list[tuple[str, float]]:
    """`af_bella:0.7+af_sky:0.3` as voices and their shares, which add up to 1."""
    parts = []
    for part in said.split("+"):
        name, _, share = (piece.strip() for piece in part.partition(":"))
        try:
            weight = float(share or 1)
        except ValueError:
            weight = -1
        if not 0 < weight <= 100:
            raise ValueError(f"{part.strip()[:60]!r} is no share of a voice; write af_bella:0.7+af_sky:0.3")
        parts.append((name, weight))
    whole = sum(weight for _, weight in parts)
    return [(name, weight / whole) for name, weight in parts]


@cache
def options_for(names: tuple[str, ...]) -> type[KokoroOptions]:
    """Options that know these voices, the first of them being the one that speaks when none is chosen."""
    found = tuple(voice(name) for name in names)

    def offer(schema: dict[str, Any]) -> None:
        can = [v for v in found if not sounds.missing(v.language)]
        schema |= {"examples": [v.id for v in can], "x-names": {v.id: v.name for v in can}}

    says = "Who says it; a plus mixes voices, with shares if you like: af_bella:0.7+af_sky:0.3"
    heard = "auto is the voice's own, or, for a script it does not read, one that does"

    def offer_languages(schema: dict[str, Any]) -> None:
        schema["examples"] = ["auto", *(code for code in SPOKEN if any(v.language == code for v in found))]

    made = create_model(
        "KokoroOptions",
        __base__=KokoroOptions,
        voice=(str, Field(names[0], max_length=200, title="Voice", description=says, json_schema_extra=offer)),
        language=(
            str,
            Field("auto", max_length=40, title="Language", description=heard, json_schema_extra=offer_languages),
        ),
    )
    made.voices = classmethod(lambda cls: found)  # type: ignore[assignment,method-assign]
    return made


class Kokoro(Weighted, Reader):
    """Yields speech.wav (48 kHz, mono, 16 bits, -18 LUFS) and speech.vtt, its captions with a time for each word.

    The checkpoint and its voices are loaded with `weights_only`, and only when they are the files the entry pins.
    """

    Options: type[KokoroOptions] = KokoroOptions
    packages = ("torch", "kokoro", "misaki")
    QUIET = 0.003

    @classmethod
    def fitted(cls, model: Model) -> type[Pipeline]:
        names = tuple(Path(name).stem for name in model.hashes if name.startswith("voices/"))
        return type(cls.__name__, (cls,), {"Options": options_for(names or ("af_heart",))})

    @classmethod
    def voices(cls) -> tuple[Voice, ...]:
        """Those that this machine can pronounce."""
        return tuple(v for v in cls.Options.voices() if not sounds.missing(v.language))

    def bring(self, folder: Path, place: Placement) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what torch will do without one day
            from kokoro.model import KModel

            checkpoint = next((name for name in self.model.hashes if name.endswith(".pth")), "kokoro-v1_0.pth")
            file = weights.trusted(self.model, checkpoint)
            model = KModel(repo_id=self.model.repo, config=str(folder / "config.json"), model=str(file))
        self.styles: dict[str, Any] = {}
        return model.to(place.device).eval()

    def unload(self) -> None:
        self.styles = {}
        super().unload()

    def begin(self, options: Any) -> None:
        import torch

        torch.manual_seed(options.seed)

    def pieces(self, options: Any, context: Context) -> Iterator[Piece]:
        languages = {self.speaker(part, options)[1] for part in options.script() if isinstance(part, Say)}
        notes = sorted({note for language in languages if (note := sounds.shortcoming(language))})
        self.told = {"notes": notes} if notes else {}
        yield from super().pieces(options, context)

    def speaker(self, part: Say, options: Any) -> tuple[str, str]:
        """Who says it, and in which language: the one chosen, the voice's own, or one that is written like that."""
        name = part.voice or options.voice
        own = voice(mixture(name)[0][0])
        if options.language != "auto" and not part.voice:
            return name, tag(options.language)
        other = script_language(part.text, "cmn" if own.language == "zh" else own.language)
        native = nearest(self.voices(), other, own.sex) if other else None
        return (native.id, native.language) if native else (name, own.language)

    def say(self, part: Say, text: list[Span], options: Any) -> Take:
        name, language = self.speaker(part, options)
        said = sounds.sounds(text, language, self.loaded.vocab.get)
        if len(said.phonemes) > LONGEST:
            return self.in_two(part, text, options)
        if not sounds.heard(said.phonemes):
            return Take(np.zeros(0, np.float32), [])
        spoken = self.loaded(said.phonemes, self.style(name)[len(said.phonemes) - 1], options.speed, return_output=True)
        from scipy.signal import resample_poly

        ends = np.cumsum(spoken.pred_dur.numpy())  # of the silence it begins with, then of each phoneme
        sound = resample_poly(spoken.audio.numpy(), 2, 1)
        return Take(sound, [(character, float(ends[place]) * FRAME_S) for character, place in said.words])

    def in_two(self, part: Say, text: list[Span], options: Any) -> Take:
        """A sentence that is too long for one breath, in two."""
        first, second = halves(text)
        one, other = self.say(part, first, options), self.say(part, second, options)
        characters, seconds = sum(len(span.written) for span in first), len(one.sound) / RATE
        words = [(characters + at, seconds + s) for at, s in other.words]
        return Take(np.concatenate([one.sound, other.sound]), one.words + words)

    def style(self, said: str) -> Any:
        """How a voice, or a mixture of them, sounds: a tensor [510, 1, 256]."""
        if said not in self.styles:
            self.styles[said] = sum(share * self.one(name) for name, share in mixture(said))
        return self.styles[said]

    def one(self, name: str) -> Any:
        import torch

        file = weights.trusted(self.model, f"voices/{name}.pt")
        return torch.load(file, map_location=self.place.device, weights_only=True)


def halves(text: list[Span]) -> tuple[list[Span], list[Span]]:
    """A sentence cut between two words near its middle, or inside one where there is no other way."""
    if len(text) > 1:
        return text[: len(text) // 2], text[len(text) // 2 :]
    [span] = text
    if span.written != span.said or len(span.said) < 2:
        raise Unavailable(f"{span.written[:40]!r} is too long to be said at once.", "Shorten it in the lexicon.")
    middle = len(span.said) // 2
    cut = span.said.rfind(" ", 1, middle) + 1 or middle
    return [Span(span.said[:cut], span.said[:cut])], [Span(span.said[cut:], span.said[cut:])]
