"""Which of fal's endpoint ids is which of our models: one table, and how an id is looked up in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pipelines import catalogue
from pipelines.base import Task
from pipelines.catalogue import UnknownModel
from pipelines.faults import Unknown

Shape = Literal[
    "images", "image", "video", "audio", "audio_file", "audio_url", "text", "film", "frames", "media", "waveform"
]
"""What an answer looks like; `answers.py` has one function for each."""


@dataclass(frozen=True)
class Target:
    """What an id stands for. `model` "" is the best that is ready; `picture` the one that begins with a picture, where
    that is another one. An answer has its task's shape unless another is said."""

    task: Task
    model: str = ""
    picture: str = ""
    answer: Shape | None = None
    language: str = ""

    @property
    def shape(self) -> Shape:
        return self.answer or SHAPES[self.task]


SHAPES: dict[Task, Shape] = {
    "image": "images",
    "video": "video",
    "music": "audio",
    "sound": "audio",
    "speech": "audio",
    "restore": "video",
}

# The longest id that fits counts, so that `fal-ai/kling-video` stands for all that begins with it and a slash.
IDS: dict[str, Target] = {
    # pictures
    "fal-ai/flux": Target("image", "flux-dev"),
    "fal-ai/flux/schnell": Target("image", "flux-schnell"),
    "fal-ai/flux/dev": Target("image", "flux-dev"),
    "fal-ai/flux-1/schnell": Target("image", "flux-schnell"),
    "fal-ai/flux-1": Target("image", "flux-dev"),
    "fal-ai/flux-lora": Target("image", "flux-dev"),
    "fal-ai/flux-pro": Target("image", "flux-dev"),
    "fal-ai/flux-pro/kontext": Target("image", "flux-kontext"),
    "fal-ai/flux-kontext": Target("image", "flux-kontext"),
    "fal-ai/flux-2": Target("image", "flux2-klein"),
    "fal-ai/stable-diffusion-v35-large": Target("image", "sd-3.5-large"),
    "fal-ai/stable-diffusion-v35-medium": Target("image", "sd-3.5-medium"),
    "fal-ai/fast-sdxl": Target("image", "sdxl"),
    "fal-ai/fast-lightning-sdxl": Target("image", "sdxl-turbo"),
    "fal-ai/qwen-image": Target("image", "qwen-image"),
    "fal-ai/qwen-image-edit": Target("image", "qwen-image-edit"),
    "fal-ai/qwen-image-edit-2511": Target("image", "qwen-image-edit-plus"),
    "fal-ai/qwen-image-edit-plus": Target("image", "qwen-image-edit-plus"),
    "fal-ai/z-image": Target("image", "z-image-turbo"),
    "fal-ai/sana": Target("image", "sana-sprint"),
    # shots
    "fal-ai/minimax": Target("video"),
    "fal-ai/kling-video": Target("video"),
    "fal-ai/luma-dream-machine": Target("video"),
    "fal-ai/veo2": Target("video"),
    "fal-ai/veo3": Target("video"),
    "fal-ai/hunyuan-video": Target("video", "hunyuan-video-1.5", picture="hunyuan-video-1.5-i2v"),
    "fal-ai/hunyuan-video-v1.5": Target("video", "hunyuan-video-1.5", picture="hunyuan-video-1.5-i2v"),
    "fal-ai/ltx-video": Target("video", "ltx-video"),
    "fal-ai/ltx-video-v095": Target("video", "ltx-video"),
    "fal-ai/ltx-video-13b-distilled": Target("video", "ltx-video-13b"),
    "fal-ai/ltxv-13b-098-distilled": Target("video", "ltx-video-13b"),
    "fal-ai/ltx-2": Target("video", "ltx-2"),
    "fal-ai/ltx-2-19b": Target("video", "ltx-2"),
    "fal-ai/wan-t2v": Target("video", "wan-2.1-1.3b"),
    "fal-ai/wan-i2v": Target("video", "wan-2.1-i2v"),
    "fal-ai/wan-flf2v": Target("video", "wan-2.1-between"),
    "fal-ai/wan": Target("video", "wan-2.2-14b", picture="wan-2.2-i2v"),
    "fal-ai/wan/v2.2-5b": Target("video", "wan-2.2-5b"),
    "fal-ai/cogvideox-5b": Target("video", "cogvideox-5b", picture="cogvideox-5b-i2v"),
    "fal-ai/cosmos-predict-2.5": Target("video", "cosmos-2.5-2b"),
    "fal-ai/cosmos": Target("video", "cosmos-2.5-2b"),
    # music and sound
    "fal-ai/minimax-music": Target("music"),
    "fal-ai/stable-audio": Target("music", "stable-audio-open", answer="audio_file"),
    "fal-ai/ace-step": Target("music", "ace-step-turbo"),
    "fal-ai/audio": Target("music"),
    "fal-ai/mmaudio-v2": Target("sound", answer="video"),
    "fal-ai/mmaudio-v2/text-to-audio": Target("sound"),
    # voices
    "fal-ai/playht": Target("speech", "speech"),
    "fal-ai/playai": Target("speech", "speech"),
    "fal-ai/f5-tts": Target("speech", "speech", answer="audio_url"),
    "fal-ai/tts": Target("speech", "speech"),
    "fal-ai/kokoro": Target("speech", "kokoro"),
    "fal-ai/kokoro/american-english": Target("speech", "kokoro", language="en-us"),
    "fal-ai/kokoro/british-english": Target("speech", "kokoro", language="en-gb"),
    "fal-ai/kokoro/japanese": Target("speech", "kokoro", language="ja"),
    "fal-ai/kokoro/mandarin-chinese": Target("speech", "kokoro", language="zh"),
    "fal-ai/kokoro/spanish": Target("speech", "kokoro", language="es"),
    "fal-ai/kokoro/french": Target("speech", "kokoro", language="fr-fr"),
    "fal-ai/kokoro/hindi": Target("speech", "kokoro", language="hi"),
    "fal-ai/kokoro/italian": Target("speech", "kokoro", language="it"),
    "fal-ai/kokoro/brazilian-portuguese": Target("speech", "kokoro", language="pt-br"),
    # making it better
    "fal-ai/topaz/upscale/video": Target("restore", "seedvr2-3b"),
    "fal-ai/topaz/upscale/image": Target("restore", "seedvr2-3b", answer="image"),
    "fal-ai/seedvr/upscale/video": Target("restore", "seedvr2-3b"),
    "fal-ai/seedvr/upscale/image": Target("restore", "seedvr2-3b", answer="image"),
    "fal-ai/kandinsky6-vsr": Target("restore", "kandinsky-upscaler"),
    "fal-ai/esrgan": Target("restore", "real-esrgan", answer="image"),
}
REFUSED = {
    "fal-ai/sync-lipsync": "No model here moves lips to a voice.",
    "fal-ai/whisper": "No model here writes down what is said.",
}


class UnknownEndpoint(Unknown):
    """No model of ours answers to that id."""


def target_of(endpoint: str) -> Target:
    """What an id stands for: its own entry, else the model of ours that its last word names, else the entry of what it
    begins with. Raises `UnknownEndpoint`."""
    endpoint = endpoint.strip("/")
    if endpoint in IDS:
        return IDS[endpoint]
    for begins, why in REFUSED.items():
        if endpoint == begins or endpoint.startswith(f"{begins}/"):
            raise UnknownEndpoint(why, "docs/fal.md lists the ids that are answered here.")
    try:
        model = catalogue.find(endpoint.rpartition("/")[2])
        return Target(model.task, model.id)
    except UnknownModel:
        pass
    parts = endpoint.split("/")
    for length in range(len(parts) - 1, 1, -1):
        if found := IDS.get("/".join(parts[:length])):
            return found
    raise UnknownEndpoint(f"There is no {endpoint[:100]!r} here.", "docs/fal.md lists the ids that are answered here.")
