"""Diffusion of sound: Stable Audio Open makes sounds and loops, ACE-Step songs with their words.

After https://huggingface.co/stabilityai/stable-audio-open-1.0 and
https://huggingface.co/ACE-Step/acestep-v15-xl-turbo-diffusers, as diffusers runs them.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from pipelines import mastering
from pipelines.base import Context, Options
from pipelines.diffusion import Diffusion, generator, told
from pipelines.draft.score.harmony import KEYS
from pipelines.faults import TooLarge
from pipelines.mastering import Format
from pipelines.placement import Placement

KeyName = Literal["auto", *KEYS]  # type: ignore[valid-type]
Metre = Literal["auto", "2", "3", "4", "6"]
Language = Literal[
    "unknown", "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "he", "hi", "hr", "hu",
    "id", "is", "it", "ja", "ko", "la", "lt", "ms", "ne", "nl", "no", "pa", "pl", "pt", "ro", "ru", "sk", "sr", "sv",
    "sw", "ta", "te", "th", "tl", "tr", "uk", "ur", "vi", "yue", "zh",
]  # fmt: skip


class StableAudioOptions(Options):
    prompt: str = Field(
        min_length=1, max_length=2000, title="Prompt", description="What is heard, where, and how it is recorded"
    )
    negative_prompt: str = Field(
        "", max_length=2000, title="Not heard", description="What should not be in it: low quality, voices"
    )
    duration_s: float = Field(10, ge=0.5, le=46, title="Length", description="Seconds, to the sample")
    steps: int = Field(100, ge=2, le=250, title="Steps", description="More take longer and are cleaner")
    guidance: float = Field(7, ge=1, le=15, title="Guidance", description="How closely it keeps to the words")
    loop: bool = mastering.loop_field()
    format: Format = mastering.format_field()


class SongOptions(Options):
    prompt: str = Field(
        min_length=1, max_length=2000, title="Prompt", description="Genre, mood, instruments, and whose voice it is"
    )
    lyrics: str = Field(
        "", max_length=6000, title="Lyrics", description="Its words, under [verse], [chorus] and so on; none: no voice"
    )
    language: Language = Field("en", title="Language", description="The lyrics' language")
    duration_s: float = Field(60, ge=5, le=600, title="Length", description="Seconds, to the sample")
    bpm: int = Field(0, ge=0, le=300, title="Tempo", description="Beats per minute; 0 leaves it to the model")
    key: KeyName = Field("auto", title="Key", description="Auto leaves it to the model")
    metre: Metre = Field("auto", title="Metre", description="Beats in a bar; auto leaves it to the model")
    steps: int = Field(8, ge=1, le=100, title="Steps", description="More take longer and are cleaner")
    loop: bool = mastering.loop_field()
    format: Format = mastering.format_field()


class GuidedSongOptions(SongOptions):
    guidance: float = Field(7, ge=1, le=15, title="Guidance", description="How closely it keeps to the words")


class OfSound(Diffusion):
    """Its sound comes out of an Oobleck autoencoder."""

    def bring(self, folder: Path, place: Placement) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of an older way to keep a weight's length apart from its direction
            return super().bring(folder, place)


class StableAudio(OfSound):
    """Yields sound.wav (stereo, 48 kHz, 16 bits), round(duration_s * 48000) samples at -20 LUFS, then the other format
    asked for. The model always makes all of its 47 seconds, told how many of them are wanted; the rest is cut off."""

    Options = StableAudioOptions
    packages = (*Diffusion.packages, "torchsde")

    def run(self, options: StableAudioOptions, context: Context) -> Iterator[Path]:
        pipe = self.loaded
        vae = pipe.vae
        wanted = mastering.seconds_to_make(options.duration_s, options.loop)
        longest = pipe.transformer.config.sample_size * vae.hop_length / vae.config.sampling_rate
        if wanted > longest:
            spare = mastering.SEAM_S if options.loop else 0
            raise TooLarge(
                f"{self.model.title} makes {longest:.1f} seconds at most.", f"Ask for {longest - spare:.1f} or less."
            )
        with told(pipe, context, last=0.9), warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="torchsde")  # of rounding at the first of its times
            latents = pipe(
                options.prompt,
                negative_prompt=options.negative_prompt or None,
                audio_end_in_s=wanted,
                num_inference_steps=options.steps,
                guidance_scale=options.guidance,
                generator=generator(options.seed),
                output_type="latent",
            ).audios
        sound = heard(vae, latents, wanted, context)
        take = mastering.finished(
            sound, vae.config.sampling_rate, options.duration_s, lufs=mastering.SOUND_LUFS, loop=options.loop,
            away_s=0.05,
        )  # fmt: skip
        yield from mastering.written(context.workdir, "sound", take, options.format)
        context.progress(1.0, "done")


class AceStepTurbo(OfSound):
    """Yields music.wav (stereo, 48 kHz, 16 bits), round(duration_s * 48000) samples at -16 LUFS, then the other format
    asked for. Its guidance is in its weights."""

    Options: type[SongOptions] = SongOptions

    def run(self, options: Any, context: Context) -> Iterator[Path]:
        pipe = self.loaded
        frame_s = 1 / pipe.latents_per_second
        wanted = math.ceil(mastering.seconds_to_make(options.duration_s, options.loop) / frame_s) * frame_s
        with told(pipe, context, last=0.85):
            latents = pipe(
                options.prompt,
                lyrics=options.lyrics or "[Instrumental]",
                vocal_language=options.language if options.lyrics else "unknown",
                audio_duration=wanted,
                bpm=options.bpm or None,
                keyscale=None if options.key == "auto" else options.key,
                timesignature=None if options.metre == "auto" else options.metre,
                num_inference_steps=options.steps,
                guidance_scale=getattr(options, "guidance", 1.0),
                generator=generator(options.seed),
                output_type="latent",
            ).audios
        sound = heard(pipe.vae, latents.transpose(1, 2), wanted, context)
        take = mastering.finished(
            sound, pipe.sample_rate, options.duration_s, lufs=mastering.MUSIC_LUFS, loop=options.loop, away_s=0.5
        )
        yield from mastering.written(context.workdir, "music", take, options.format)
        context.progress(1.0, "done")


class AceStep(AceStepTurbo):
    Options = GuidedSongOptions


def heard(vae: Any, latents: Any, wanted_s: float, context: Context) -> np.ndarray:
    """The first `wanted_s` seconds of latents [1, C, T] as sound (channels, samples), decoded piece by piece."""
    import torch

    from pipelines.tokens.hearing import stretched

    rate, hop = vae.config.sampling_rate, vae.hop_length
    count = min(latents.shape[-1], math.ceil(wanted_s * rate / hop - 1e-6))

    def decoded(low: int, high: int) -> np.ndarray:
        with torch.no_grad():
            return vae.decode(latents[..., low:high].to(vae.dtype)).sample[0].float().cpu().numpy()

    return stretched(decoded, count, hop, rate, lambda f: context.progress(0.9 + 0.06 * f, "from latents to sound"))
