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
]
