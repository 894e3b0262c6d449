"""The models of music and sound.

Sizes are the download's, in 10^9 bytes; memory is the weights' as they are run, in GiB.
"""

from __future__ import annotations

from pipelines.base import Model

HUB = "https://huggingface.co/"
NC = "CC-BY-NC-4.0"
WHOLE = ("config.json", "tokenizer*", "model*.safetensors*")
"""transformers' copy of a MusicGen; the repositories hold two others in formats that can run code."""


def musicgen(name: str, title: str, size_gb: float, vram_gb: float, revision: str = "main") -> Model:
    family = "MusicGenMelody" if "melody" in name else "MusicGen"
    return Model(
        f"musicgen-{name}", title, "music", f"pipelines.musicgen:{family}",
        repo=f"facebook/musicgen-{name}", revision=revision, licence=NC, commercial=False, size_gb=size_gb,
        vram_gb=vram_gb, link=f"{HUB}facebook/musicgen-{name}", files=WHOLE,
    )  # fmt: skip


MODELS = [
    musicgen("small", "MusicGen small", 2.4, 2, "4c8334b02c6ec4e8664a91979669a501ec497792"),
    musicgen("medium", "MusicGen medium", 8.0, 5),
    musicgen("large", "MusicGen large", 13.7, 9),
    musicgen("melody", "MusicGen melody", 8.0, 5),
    musicgen("stereo-small", "MusicGen stereo small", 2.4, 2),
    musicgen("stereo-medium", "MusicGen stereo medium", 8.0, 5),
    musicgen("stereo-large", "MusicGen stereo large", 13.7, 9),
    musicgen("stereo-melody", "MusicGen stereo melody", 8.0, 5),
    Model(
        "ace-step-turbo", "ACE-Step 1.5 XL turbo", "music", "pipelines.soundscape:AceStepTurbo",
        repo="ACE-Step/acestep-v15-xl-turbo-diffusers", licence="MIT", size_gb=13, vram_gb=12,
        link=f"{HUB}ACE-Step/acestep-v15-xl-turbo-diffusers",
    ),
    Model(
        "ace-step", "ACE-Step 1.5 XL", "music", "pipelines.soundscape:AceStep",
        repo="ACE-Step/acestep-v15-xl-base-diffusers", licence="MIT", size_gb=13, vram_gb=12,
        link=f"{HUB}ACE-Step/acestep-v15-xl-base-diffusers", defaults={"steps": 50},
    ),
    Model(
        "riffusion", "Riffusion", "music", "pipelines.riffusion:Riffusion",
        repo="riffusion/riffusion-model-v1", revision="ea2085a79829d34f529dbec1906321335c49195b",
        licence="CreativeML OpenRAIL-M", size_gb=4.3, vram_gb=2, link=f"{HUB}riffusion/riffusion-model-v1",
        files=("!safety_checker/*",),
    ),
    Model(
        "stable-audio-open", "Stable Audio Open", "sound", "pipelines.soundscape:StableAudio",
        repo="stabilityai/stable-audio-open-1.0", licence="Stability AI Community, free below 1 M$ a year",
        size_gb=5, vram_gb=3, gated=True, link=f"{HUB}stabilityai/stable-audio-open-1.0",
    ),
]  # fmt: skip
