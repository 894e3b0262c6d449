"""draft-music: composes what the prompt describes, plays it with a SoundFont, and hands over the MIDI file too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from pipelines import mastering
from pipelines.base import Context, Model, Options, Pipeline, Status
from pipelines.draft.desk import RATE, write_wav
from pipelines.draft.midi import write_midi
from pipelines.draft.mix import mix
from pipelines.draft.score.brief import read
from pipelines.draft.score.compose import compose
from pipelines.draft.score.genres import GENRES
from pipelines.draft.score.harmony import KEYS
from pipelines.draft.soundfont import bundled
from pipelines.faults import Unavailable

Genre = Literal["auto", *GENRES]  # type: ignore[valid-type]
KeyName = Literal["auto", *KEYS]  # type: ignore[valid-type]


class MusicOptions(Options):
    prompt: str = Field(
        min_length=1,
        max_length=4000,
        title="Prompt",
        description="Genre, mood, tempo, key, instruments, how it ends: “slow jazz in D minor with trumpet, no drums”",
    )
    duration_s: float = Field(30, ge=1, le=600, title="Length", description="Seconds, to the sample")
    genre: Genre = Field("auto", title="Genre", description="Auto reads it from the prompt")
    bpm: float = Field(0, ge=0, le=300, title="Tempo", description="Beats per minute; 0 reads it from the prompt")
    key: KeyName = Field("auto", title="Key", description="Auto reads it from the prompt")
    loop: bool = Field(
        False, title="Loop", description="The end joins the start without a seam; else it comes to a close"
    )
    format: mastering.Format = mastering.format_field()


class DraftMusic(Pipeline):
    """Stereo WAV, 16 bit, 48 kHz, round(duration_s * 48000) samples exactly; then its score as MIDI, just as long."""

    Options = MusicOptions

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        try:
            bundled()
        except Unavailable as fault:
            return "needs_package", f"{fault.message} {fault.advice}"
        return "ready", ""

    def run(self, options: MusicOptions, context: Context) -> Iterator[Path]:
        context.progress(0.0, "reading the prompt")
        words = int.from_bytes(hashlib.sha256(options.prompt.encode()).digest()[:8], "big")
        entropy = (options.seed + 1, words)
        brief = read(
            options.prompt,
            np.random.default_rng(entropy),
            options.genre,
            options.bpm,
            options.key,
            options.duration_s,
            options.loop,
        )
        context.progress(0.05, f"composing: {brief.note}")
        piece = compose(brief, entropy)
        samples = round(options.duration_s * RATE)
        told = f"{brief.genre.name} in {brief.key}, {piece.form.bpm:.4g} bpm"
        sound = mix(piece, samples, lambda fraction, note: context.progress(fraction, f"{told}: {note}"))
        wav = write_wav(context.workdir / "music.wav", sound)
        score = write_midi(context.workdir / "music.mid", piece)
        context.progress(1.0, told)
        yield wav
        yield score
        yield from mastering.encoded(wav, options.format)
