"""MusicGen makes music, and AudioGen sounds, token by token: audiocraft's models, of any length, as they are written.

After https://huggingface.co/facebook/musicgen-small, its kin, and https://huggingface.co/facebook/audiogen-medium.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from pipelines import mastering
from pipelines.base import Context, Media, Options
from pipelines.mastering import Format
from pipelines.placement import Placement
from pipelines.tokens.checkpoint import standing_in
from pipelines.weighted import Weighted


class TokenOptions(Options):
    guidance: float = Field(3, ge=1, le=10, title="Guidance", description="How closely it keeps to the words")
    temperature: float = Field(1, ge=0.1, le=2, title="Temperature", description="More is bolder, less is safer")
    top_k: int = Field(
        250, ge=0, le=2048, title="Choices", description="It draws from this many likeliest tokens; 0 is all of them"
    )
    loop: bool = mastering.loop_field()
    format: Format = mastering.format_field()


class MusicGenOptions(TokenOptions):
    prompt: str = Field(
        min_length=1,
        max_length=2000,
        title="Prompt",
        description="Genre, instruments, mood and tempo; it sings no words",
    )
    duration_s: float = Field(
        15, ge=1, le=600, title="Length", description="Seconds, to the sample; past 30 it listens back and goes on"
    )


class MelodyOptions(MusicGenOptions):
    source: Annotated[Path | None, Media("audio")] = Field(
        None, title="Melody", description="A tune to follow; it is repeated where the music is longer"
    )


class AudioGenOptions(TokenOptions):
    prompt: str = Field(
        min_length=1, max_length=2000, title="Prompt", description="What is heard, and where; it says no words"
    )
    duration_s: float = Field(
        5, ge=0.5, le=120, title="Length", description="Seconds, to the sample; past 10 it listens back and goes on"
    )


class Tokens(Weighted):
    """Yields a WAV (stereo, 48 kHz, 16 bits) of exactly round(duration_s * 48000) samples, then the other format asked
    for. What is longer than the model's window is written window by window: each begins with the last tokens of the one
    before it, and all are read back into sound as one, so there is no cut to hear."""

    packages = ("torch", "torchaudio", "transformers", "audiocraft")
    FAMILY, NAME, LUFS, KEPT, AWAY_S = "MusicGen", "music", mastering.MUSIC_LUFS, 0.4, mastering.AWAY_S
    """KEPT: the share of a window that the next one begins with."""

    def bring(self, folder: Path, place: Placement) -> Any:
        from pipelines.tokens import checkpoint, decoding

        loaded = checkpoint.opened(self.model, self.FAMILY, folder, place)
        decoding.quicken(loaded.lm)
        if place.kind == "mps":  # its half precision is not up to this
            loaded.autocast.autocast = None
        return loaded

    def run(self, options: Any, context: Context) -> Iterator[Path]:
        import torch

        from pipelines.tokens.hearing import heard

        context.progress(0.0, "reading the prompt")
        torch.manual_seed(options.seed)
        tokens = self.write(options, context)
        codec = self.loaded.compression_model
        sound = heard(codec, tokens, lambda f: context.progress(0.9 + 0.06 * f, "from tokens to sound"))
        context.progress(0.97, "setting the level")
        take = mastering.finished(
            sound, codec.sample_rate, options.duration_s, lufs=self.LUFS, loop=options.loop, away_s=self.AWAY_S
        )
        yield from mastering.written(context.workdir, self.NAME, take, options.format)
        context.progress(1.0, "done")

    def write(self, options: Any, context: Context) -> Any:
        """The take as tokens [1, K, T]. Every step is told, and a cancel comes out there."""
        import torch

        model, rate = self.loaded, self.loaded.frame_rate
        count = math.ceil(mastering.seconds_to_make(options.duration_s, options.loop) * rate)
        window = int(model.max_duration * rate)
        stride = max(1, round(window * (1 - self.KEPT)))
        model.set_generation_params(
            top_k=min(options.top_k, model.lm.card),
            temperature=options.temperature,
            cfg_coef=options.guidance,
            duration=(count + 0.25) / rate,  # whatever rounding audiocraft does, it comes out at `count`
            extend_stride=(stride + 0.25) / rate,
        )
        late = max(getattr(model.lm.pattern_provider, "delays", None) or [0])
        windows = 1 + max(0, math.ceil((count - window) / stride))
        told, total = 0, count + windows * late

        def step(_: int, __: int) -> None:
            nonlocal told
            told = min(told + 1, total)
            context.progress(0.03 + 0.87 * told / total, f"step {told} of {total}")

        model.set_custom_progress_callback(step)
        decoder = model.lm._fsdp
        if decoder is not None:
            decoder.steps = min(count, window) + late + 2
        try:
            with torch.no_grad(), standing_in():
                attributes, _ = self.conditions(options)
                return model._generate_tokens(attributes, None, progress=True)[..., :count]
        finally:
            model.set_custom_progress_callback(None)
            if decoder is not None:
                decoder.rest()

    def conditions(self, options: Any) -> Any:
        return self.loaded._prepare_tokens_and_attributes([options.prompt], None)


class MusicGen(Tokens):
    Options = MusicGenOptions


class MusicGenMelody(Tokens):
    """With a tune in `source` it follows that; the whole recording is listened to, so one with few drums works best."""

    Options = MelodyOptions

    def conditions(self, options: Any) -> Any:
        import torch

        if options.source is None:
            return super().conditions(options)
        model = self.loaded
        tune = mastering.read(options.source, model.sample_rate, model.audio_channels)
        tune = np.nan_to_num(tune)
        return model._prepare_tokens_and_attributes([options.prompt], None, [torch.from_numpy(tune)])


class AudioGen(Tokens):
    Options = AudioGenOptions
    FAMILY, NAME, LUFS, KEPT, AWAY_S = "AudioGen", "sound", mastering.SOUND_LUFS, 0.5, 0.35
