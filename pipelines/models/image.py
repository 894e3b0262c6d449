"""The picture models: those that begin with words first, then those that change a given picture.

Revisions are the hub's commits; sizes are the download's, in 10^9 bytes; memory is the weights' in bfloat16, in GiB.
"""

from __future__ import annotations

from pipelines.base import Model

HUB = "https://huggingface.co/"
FLUX_NC = "FLUX.1 dev, non-commercial"
STABILITY = "Stability AI Community, free below 1 M$ a year"
HALVES = ("*.json", "*.txt", "*.fp16.safetensors", "!vae_1_0/*")
WHOLES = ("!*.fp16*",)

MODELS = [
    Model(
        "flux-schnell", "FLUX.1 schnell", "image", "pipelines.image:FluxSchnell",
        repo="black-forest-labs/FLUX.1-schnell", revision="741f7c3ce8b383c54771c7003378a50191e9efe9",
        licence="Apache-2.0", size_gb=33.7, vram_gb=31.5, gated=True,
        link=f"{HUB}black-forest-labs/FLUX.1-schnell", defaults={"steps": 4},
    ),
    Model(
        "flux-dev", "FLUX.1 dev", "image", "pipelines.image:Flux",
        repo="black-forest-labs/FLUX.1-dev", revision="3de623fc3c33e44ffbe2bad470d0f45bccf2eb21",
        licence=FLUX_NC, commercial=False, size_gb=33.7, vram_gb=31.5, gated=True,
        link=f"{HUB}black-forest-labs/FLUX.1-dev", defaults={"steps": 28, "guidance": 3.5},
    ),
    Model(
        "flux2-klein", "FLUX.2 klein 4B", "image", "pipelines.image:Flux2Klein",
        repo="black-forest-labs/FLUX.2-klein-4B", revision="e7b7dc27f91deacad38e78976d1f2b499d76a294",
        licence="Apache-2.0", size_gb=16, vram_gb=15,
        link=f"{HUB}black-forest-labs/FLUX.2-klein-4B", defaults={"steps": 4},
    ),
    Model(
        "sdxl", "Stable Diffusion XL", "image", "pipelines.image:SDXL",
        repo="stabilityai/stable-diffusion-xl-base-1.0", revision="462165984030d82259a11f4367a4eed129e94a7b",
        licence="CreativeML Open RAIL++-M", size_gb=6.9, vram_gb=6.5, files=HALVES,
        link=f"{HUB}stabilityai/stable-diffusion-xl-base-1.0", defaults={"steps": 30, "guidance": 5.0},
    ),
    Model(
        "sdxl-turbo", "SDXL-Turbo", "image", "pipelines.image:SDXLTurbo",
        repo="stabilityai/sdxl-turbo", revision="71153311d3dbb46851df1931d3ca6e939de83304",
        licence="Stability AI Non-Commercial Research", commercial=False, size_gb=6.9, vram_gb=6.5, files=HALVES,
        link=f"{HUB}stabilityai/sdxl-turbo", defaults={"steps": 4, "width": 512, "height": 512},
    ),
    Model(
        "sd-3.5-large", "Stable Diffusion 3.5 large", "image", "pipelines.image:SD3",
        repo="stabilityai/stable-diffusion-3.5-large", revision="ceddf0a7fdf2064ea28e2213e3b84e4afa170a0f",
        licence=STABILITY, size_gb=27.6, vram_gb=26, gated=True, files=WHOLES,
        link=f"{HUB}stabilityai/stable-diffusion-3.5-large", defaults={"steps": 28, "guidance": 3.5},
    ),
    Model(
        "sd-3.5-medium", "Stable Diffusion 3.5 medium", "image", "pipelines.image:SD3",
        repo="stabilityai/stable-diffusion-3.5-medium", revision="b940f670f0eda2d07fbb75229e779da1ad11eb80",
        licence=STABILITY, size_gb=16.2, vram_gb=15, gated=True, files=WHOLES,
        link=f"{HUB}stabilityai/stable-diffusion-3.5-medium", defaults={"steps": 40, "guidance": 4.5},
    ),
    Model(
        "qwen-image", "Qwen-Image", "image", "pipelines.image:QwenImage",
        repo="Qwen/Qwen-Image", revision="75e0b4be04f60ec59a75f475837eced720f823b6",
        licence="Apache-2.0", size_gb=57.7, vram_gb=54,
        link=f"{HUB}Qwen/Qwen-Image", defaults={"steps": 50, "guidance": 4.0},
    ),
    Model(
        "z-image-turbo", "Z-Image-Turbo", "image", "pipelines.image:ZImageTurbo",
        repo="Tongyi-MAI/Z-Image-Turbo", revision="f332072aa78be7aecdf3ee76d5c247082da564a6",
        licence="Apache-2.0", size_gb=32.9, vram_gb=19.5,
        link=f"{HUB}Tongyi-MAI/Z-Image-Turbo", defaults={"steps": 8},
    ),
    Model(
        "sana-sprint", "SANA-Sprint 1.6B", "image", "pipelines.image:SanaSprint",
        repo="Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers",
        revision="19683c58b7ea290e55cedd8950ae1d86ada7ef96",
        licence="NVIDIA NSCL v2, Gemma terms", commercial=False, size_gb=9.7, vram_gb=9, files=WHOLES,
        link=f"{HUB}Efficient-Large-Model/Sana_Sprint_1.6B_1024px_diffusers", defaults={"steps": 2, "guidance": 4.5},
    ),
    Model(
        "flux-kontext", "FLUX.1 Kontext dev", "image", "pipelines.edit:Kontext",
        repo="black-forest-labs/FLUX.1-Kontext-dev", revision="24e9dedc4ef646698dc8eb4e18ae2cec3c9fea0d",
        licence=FLUX_NC, commercial=False, size_gb=33.7, vram_gb=31.5, gated=True,
        link=f"{HUB}black-forest-labs/FLUX.1-Kontext-dev", defaults={"steps": 28, "guidance": 2.5},
    ),
    Model(
        "qwen-image-edit", "Qwen-Image-Edit", "image", "pipelines.edit:QwenEdit",
        repo="Qwen/Qwen-Image-Edit", revision="ac7f9318f633fc4b5778c59367c8128225f1e3de",
        licence="Apache-2.0", size_gb=57.7, vram_gb=54,
        link=f"{HUB}Qwen/Qwen-Image-Edit", defaults={"steps": 50, "guidance": 4.0},
    ),
    Model(
        "qwen-image-edit-plus", "Qwen-Image-Edit 2511", "image", "pipelines.edit:QwenEditPlus",
        repo="Qwen/Qwen-Image-Edit-2511", revision="6f3ccc0b56e431dc6a0c2b2039706d7d26f22cb9",
        licence="Apache-2.0", size_gb=57.7, vram_gb=54,
        link=f"{HUB}Qwen/Qwen-Image-Edit-2511", defaults={"steps": 40, "guidance": 4.0},
    ),
]  # fmt: skip
