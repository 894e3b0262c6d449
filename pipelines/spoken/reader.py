"""Reads a text aloud, sentence by sentence: what a voice says of each is laid on one tape, with its words' times."""

from __future__ import annotations

import wave
from abc import abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from pipelines import base, vtt
from pipelines.base import Context
from pipelines.faults import Invalid
from pipelines.phrases import Phrase, captions
from pipelines.spoken.level import RATE, Sound, level, pcm
from pipelines.spoken.lexicon import Span, read_lexicon, spans
from pipelines.spoken.listen import heard_words
from pipelines.spoken.options import SpokenOptions
from pipelines.spoken.script import Rest, Say

BREATH_S, LINE_S = 0.22, 0.5
"""Silence after a sentence and after a line, at speed 1."""


class NothingSaid(Invalid):
    """The text holds nothing that can be read aloud."""


class Take(NamedTuple):
    """A sentence as it was said: mono float at 48 kHz, full scale 1, and (character in it as written, seconds into the
    sound) where each word begins."""

    sound: Sound
    words: list[tuple[int, float]]


class Piece(NamedTuple):
    """The next stretch of the tape: sound, and the words in it timed from the start of the tape; or silence."""

    sound: Sound
    phrase: Phrase | None = None


class Reader(base.Pipeline):
    """A family of voices. Yields speech.wav (48 kHz, mono, 16 bits, -18 LUFS) and speech.vtt, its captions with a time
    for each word.

    `pieces` gives the same sound as it comes, sentence by sentence, for those who would listen at once; the memory it
    takes does not grow with the text. Raises `NothingSaid` when the voice makes no sound of the text.
    """

    Options: type[SpokenOptions] = SpokenOptions
    QUIET: ClassVar[float] = 10 / 32768
    """Of full scale: under it nothing is heard, and a sentence neither begins nor ends."""

    pulse: Callable[[], None]
    """Says again how far along it is, for a voice that takes more than a second over a sentence."""

    @abstractmethod
    def say(self, part: Say, text: list[Span], options: Any) -> Take:
        """One sentence, 400 characters at most, in `part.voice`, or, when that is "", in the one the options name."""

    def begin(self, options: Any) -> None:
        """Before the first sentence of a take."""

    def end(self) -> None:
        """After the last one, or when the take was given up."""

    def run(self, options: SpokenOptions, context: Context) -> Iterator[Path]:
        sound, text = context.workdir / "speech.wav", context.workdir / "speech.vtt"
        phrases = []
        with wave.open(str(sound), "wb") as tape:
            tape.setnchannels(1)
            tape.setsampwidth(2)
            tape.setframerate(RATE)
            for piece in self.pieces(options, context):
                tape.writeframesraw(pcm(piece.sound).tobytes())
                if piece.phrase:
                    phrases.append(piece.phrase)
        if not phrases:
            raise NothingSaid("The voice finds nothing to say in this text.", "Write words, or choose another voice.")
        context.progress(0.97, "setting the level")
        level(sound)
        text.write_text(vtt.write(captions(phrases)), encoding="utf-8", newline="\n")
        yield sound
        yield text

    def pieces(self, options: SpokenOptions, context: Context) -> Iterator[Piece]:
        """Everything, in order, each sentence as soon as it has been said, at the voice's own level."""
        self.begin(options)
        try:
            yield from self.said(options, context)
        finally:
            self.end()

    def said(self, options: SpokenOptions, context: Context) -> Iterator[Piece]:
        parts, lexicon = options.script(), read_lexicon(options.lexicon)
        at, due, anything = 0, 0.0, False  # a breath is only taken when something follows; a pause asked for stands
        for n, part in enumerate(parts):
            told = (0.95 * n / len(parts), f"part {n + 1} of {len(parts)}, {at / RATE:.0f} s said")
            self.pulse = partial(context.progress, *told)
            self.pulse()
            if isinstance(part, Rest):
                due = LINE_S / options.speed if part.seconds is None and anything else 0.0
                for still in silence(part.seconds or 0):
                    yield Piece(still)
                    at += len(still)
                continue
            take = self.say(part, spans(part.text, lexicon), options)
            heard, lead_s = trimmed(take.sound, self.QUIET)
            if not len(heard):
                continue
            for still in silence(due):
                yield Piece(still)
                at += len(still)
            starts = [(character, max(0.0, s - lead_s)) for character, s in take.words]
            yield Piece(heard, heard_words(part.text, starts, heard, at / RATE))
            at, anything = at + len(heard), True
            asked = n + 1 < len(parts) and isinstance(rest := parts[n + 1], Rest) and rest.seconds is not None
            due = 0.0 if asked else BREATH_S / options.speed


def silence(seconds: float) -> Iterator[Sound]:
    for at in range(0, count := round(seconds * RATE), RATE):
        yield np.zeros(min(RATE, count - at), np.float32)


def trimmed(sound: Sound, quiet: float) -> tuple[Sound, float]:
    """The sound from its first to its last sample that can be heard, so that a silence is as long as it was asked to
    be; and how many seconds went at the front."""
    loud = np.flatnonzero(np.abs(sound) > quiet)
    return (sound[loud[0] : loud[-1] + 1], float(loud[0] / RATE)) if len(loud) else (sound[:0], 0.0)
