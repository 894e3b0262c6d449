"""What makes old and small footage good. Sizes are the download's, in 10^9 bytes; memory is the weights', in GiB."""

from __future__ import annotations

from pipelines.base import Model

HUB = "https://huggingface.co/"
REPACKED = "Comfy-Org/Real-ESRGAN_repackaged"

MODELS = [
    Model(
        "draft-restore", "Draft restoration", "restore", "pipelines.draft.restore:DraftRestore",
        licence="Apache-2.0", draft=True,
    ),
    Model(
        "real-esrgan", "Real-ESRGAN x4plus", "restore", "pipelines.restore:Upscale",
        repo=REPACKED, licence="BSD-3-Clause", size_gb=0.07, vram_gb=0.1, files=("RealESRGAN_x4plus.safetensors",),
        link=f"{HUB}{REPACKED}",
    ),
    Model(
        "sd-x4-upscaler", "Stable Diffusion x4 upscaler", "restore", "pipelines.upscale:StableUpscale",
        repo="stabilityai/stable-diffusion-x4-upscaler", licence="CreativeML Open RAIL++-M", size_gb=3.5, vram_gb=3.3,
        files=("*.json", "*.txt", "*.safetensors", "!x4-upscaler-ema.safetensors", "!*.fp16*"),
        link=f"{HUB}stabilityai/stable-diffusion-x4-upscaler",
    ),
    Model(
        "ltx-upscaler", "LTX spatial upscaler", "restore", "pipelines.upscale:LtxUpscale",
        repo="Lightricks/ltxv-spatial-upscaler-0.9.7", licence="LTX Video Open Weights", size_gb=3, vram_gb=5.5,
        link=f"{HUB}Lightricks/ltxv-spatial-upscaler-0.9.7",
    ),
    Model(
        "kandinsky-upscaler", "Kandinsky 6 super-resolution", "restore", "pipelines.kandinsky:KandinskyUpscale",
        repo="kandinskylab/Kandinsky-6.0-VSR-distilled2steps-5s-Diffusers", licence="MIT", size_gb=13.6, vram_gb=12.7,
        link=f"{HUB}kandinskylab/Kandinsky-6.0-VSR-distilled2steps-5s-Diffusers",
    ),
    Model(
        "seedvr2-3b", "SeedVR2 3B", "restore", "pipelines.seedvr:SeedVR", licence="Apache-2.0", vram_gb=40,
        link=f"{HUB}ByteDance-Seed/SeedVR2-3B",
    ),
    Model(
        "seedvr2-7b", "SeedVR2 7B", "restore", "pipelines.seedvr:SeedVR", licence="Apache-2.0", vram_gb=60,
        link=f"{HUB}ByteDance-Seed/SeedVR2-7B",
    ),
]  # fmt: skip
