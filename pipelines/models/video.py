"""The shot models, and the picture that Cosmos begins with.

Sizes are the download's, in 10^9 bytes; memory is the weights' in bfloat16, in GiB.
"""

from __future__ import annotations

from pipelines.base import Model

HUB = "https://huggingface.co/"
APACHE = "Apache-2.0"
LIGHTRICKS = "LTX Video Open Weights, free below 10 M$ a year"
COG = "CogVideoX, commercial use after registering"
TENCENT = "Tencent Hunyuan Community, not in the EU, UK and South Korea"
NVIDIA = "NVIDIA Open Model, with its guardrail"
GUARDRAIL: dict[str, tuple[str, ...]] = {
    "nvidia/Cosmos-1.0-Guardrail": ("blocklist/*",),
    "Qwen/Qwen3Guard-Gen-0.6B": (),
}
"""What of it comes with a download; the filter that blurs faces is in a format that can run code (cosmos.py)."""

MODELS = [
    Model(
        "wan-2.1-1.3b", "Wan 2.1 1.3B", "video", "pipelines.wan:Wan",
        repo="Wan-AI/Wan2.1-T2V-1.3B-Diffusers", licence=APACHE, size_gb=28.9, vram_gb=13.7,
        link=f"{HUB}Wan-AI/Wan2.1-T2V-1.3B-Diffusers", defaults={"steps": 50, "guidance": 5.0},
    ),
    Model(
        "wan-2.1-i2v", "Wan 2.1 14B from a picture", "video", "pipelines.wan:WanPicture",
        repo="Wan-AI/Wan2.1-I2V-14B-480P-Diffusers", licence=APACHE, size_gb=91, vram_gb=43,
        link=f"{HUB}Wan-AI/Wan2.1-I2V-14B-480P-Diffusers", defaults={"steps": 50, "guidance": 5.0},
    ),
    Model(
        "wan-2.1-between", "Wan 2.1 14B between two pictures", "video", "pipelines.wan:WanBetween",
        repo="Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers", licence=APACHE, size_gb=91, vram_gb=43,
        link=f"{HUB}Wan-AI/Wan2.1-FLF2V-14B-720P-diffusers",
        defaults={"steps": 50, "guidance": 5.5, "width": 1280, "height": 720},
    ),
    Model(
        "wan-2.2-5b", "Wan 2.2 5B", "video", "pipelines.wan:WanEither",
        repo="Wan-AI/Wan2.2-TI2V-5B-Diffusers", licence=APACHE, size_gb=34.2, vram_gb=22.5,
        link=f"{HUB}Wan-AI/Wan2.2-TI2V-5B-Diffusers",
        defaults={"steps": 50, "guidance": 5.0, "width": 1280, "height": 704},
    ),
    Model(
        "wan-2.2-14b", "Wan 2.2 14B", "video", "pipelines.wan:Wan",
        repo="Wan-AI/Wan2.2-T2V-A14B-Diffusers", licence=APACHE, size_gb=126, vram_gb=64.5,
        link=f"{HUB}Wan-AI/Wan2.2-T2V-A14B-Diffusers", defaults={"steps": 40, "guidance": 4.0},
    ),
    Model(
        "wan-2.2-i2v", "Wan 2.2 14B from a picture, or between two", "video", "pipelines.wan:WanPictures",
        repo="Wan-AI/Wan2.2-I2V-A14B-Diffusers", licence=APACHE, size_gb=126, vram_gb=64.5,
        link=f"{HUB}Wan-AI/Wan2.2-I2V-A14B-Diffusers", defaults={"steps": 40, "guidance": 3.5},
    ),
    Model(
        "ltx-video", "LTX-Video 2B", "video", "pipelines.ltx:Ltx",
        repo="Lightricks/LTX-Video-0.9.5", licence="LTX Video Open Weights", size_gb=25.4, vram_gb=13.6,
        link=f"{HUB}Lightricks/LTX-Video-0.9.5", defaults={"steps": 40, "guidance": 3.0},
    ),
    Model(
        "ltx-video-13b", "LTX-Video 13B, distilled", "video", "pipelines.ltx:LtxDistilled",
        repo="Lightricks/LTX-Video-0.9.8-13B-distilled", licence=LIGHTRICKS, size_gb=47.7, vram_gb=34.5,
        link=f"{HUB}Lightricks/LTX-Video-0.9.8-13B-distilled",
    ),
    Model(
        "ltx-2", "LTX-2, with its sound", "video", "pipelines.ltx2:Ltx2",
        repo="Lightricks/LTX-2", licence="LTX-2 Community, free below 10 M$ a year", size_gb=68, vram_gb=62,
        link=f"{HUB}Lightricks/LTX-2", defaults={"steps": 40, "guidance": 4.0},
    ),
    Model(
        "cogvideox-2b", "CogVideoX 2B", "video", "pipelines.cogvideo:CogVideo",
        repo="zai-org/CogVideoX-2b", licence=APACHE, size_gb=13.8, vram_gb=12.5, link=f"{HUB}zai-org/CogVideoX-2b",
    ),
    Model(
        "cogvideox-5b", "CogVideoX 5B", "video", "pipelines.cogvideo:CogVideo",
        repo="zai-org/CogVideoX-5b", licence=COG, commercial=False, size_gb=21.1, vram_gb=19.6,
        link=f"{HUB}zai-org/CogVideoX-5b",
    ),
    Model(
        "cogvideox-5b-i2v", "CogVideoX 5B from a picture", "video", "pipelines.cogvideo:CogVideoPicture",
        repo="zai-org/CogVideoX-5b-I2V", licence=COG, commercial=False, size_gb=21.2, vram_gb=19.8,
        link=f"{HUB}zai-org/CogVideoX-5b-I2V",
    ),
    Model(
        "hunyuan-video-1.5", "HunyuanVideo 1.5", "video", "pipelines.hunyuan:Hunyuan",
        repo="hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-480p_t2v", licence=TENCENT, size_gb=35, vram_gb=31.5,
        link=f"{HUB}hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-480p_t2v",
    ),
    Model(
        "hunyuan-video-1.5-i2v", "HunyuanVideo 1.5 from a picture", "video", "pipelines.hunyuan:HunyuanPicture",
        repo="hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-480p_i2v", licence=TENCENT, size_gb=36, vram_gb=32.5,
        link=f"{HUB}hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-480p_i2v",
    ),
    Model(
        "cosmos-2.5-2b", "NVIDIA Cosmos Predict 2.5 2B", "video", "pipelines.cosmos:Cosmos",
        repo="nvidia/Cosmos-Predict2.5-2B", revision="diffusers/base/post-trained", licence=NVIDIA, size_gb=21,
        vram_gb=21, gated=True, also=GUARDRAIL, link=f"{HUB}nvidia/Cosmos-Predict2.5-2B",
    ),
    Model(
        "cosmos-2.5-14b", "NVIDIA Cosmos Predict 2.5 14B", "video", "pipelines.cosmos:Cosmos",
        repo="nvidia/Cosmos-Predict2.5-14B", revision="diffusers/base/post-trained", licence=NVIDIA, size_gb=46,
        vram_gb=44, gated=True, also=GUARDRAIL, link=f"{HUB}nvidia/Cosmos-Predict2.5-14B",
    ),
    Model(
        "cosmos-2-2b", "NVIDIA Cosmos Predict 2 2B from a picture", "video", "pipelines.cosmos:CosmosGoingOn",
        repo="nvidia/Cosmos-Predict2-2B-Video2World", licence=NVIDIA, size_gb=14, vram_gb=14, gated=True,
        also=GUARDRAIL, link=f"{HUB}nvidia/Cosmos-Predict2-2B-Video2World", defaults={"steps": 35},
    ),
    Model(
        "cosmos-2-14b", "NVIDIA Cosmos Predict 2 14B from a picture", "video", "pipelines.cosmos:CosmosGoingOn",
        repo="nvidia/Cosmos-Predict2-14B-Video2World", licence=NVIDIA, size_gb=39, vram_gb=37, gated=True,
        also=GUARDRAIL, link=f"{HUB}nvidia/Cosmos-Predict2-14B-Video2World", defaults={"steps": 35},
    ),
    Model(
        "cosmos-2-picture", "NVIDIA Cosmos Predict 2 picture", "image", "pipelines.cosmos:CosmosPicture",
        repo="nvidia/Cosmos-Predict2-2B-Text2Image", licence=NVIDIA, size_gb=14, vram_gb=14, gated=True,
        also=GUARDRAIL, link=f"{HUB}nvidia/Cosmos-Predict2-2B-Text2Image",
        defaults={"steps": 35, "guidance": 7.0, "width": 1360, "height": 768},
    ),
]  # fmt: skip
