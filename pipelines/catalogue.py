"""Every model the studio offers. A new model is a new entry; a new kind of model is also a new file."""

from __future__ import annotations

from pathlib import Path

from pipelines import own
from pipelines.base import Model, Task
from pipelines.faults import Unknown
from pipelines.models import image, music, restore, video
from pipelines.spoken import kokoro_voices

OURS = "Apache-2.0"  # what a draft model makes is its maker's own

MODELS = [
    Model("draft-image", "Draft picture", "image", "pipelines.draft.image:DraftImage", licence=OURS, draft=True),
    Model("draft-video", "Draft shot", "video", "pipelines.draft.video:DraftVideo", licence=OURS, draft=True),
    Model("draft-music", "Draft music", "music", "pipelines.draft.music:DraftMusic", licence=OURS, draft=True),
    Model("draft-sound", "Draft sound", "sound", "pipelines.draft.sound:DraftSound", licence=OURS, draft=True),
    Model(
        "draft-speech",
        "Draft voice (eSpeak NG)",
        "speech",
        "pipelines.draft.speech:DraftSpeech",
        licence="GPL-3.0-or-later",
        draft=True,
    ),
    *image.MODELS,
    *video.MODELS,
    *music.MODELS,
    Model("speech", "Best voice here", "speech", "pipelines.speech:BestVoice", licence="its speaker's", vram_gb=1),
    Model(
        "kokoro",
        "Kokoro",
        "speech",
        "pipelines.kokoro:Kokoro",
        repo="hexgrad/Kokoro-82M",
        revision="f3ff3571791e39611d31c381e3a41a3af07b4987",
        licence="Apache-2.0",
        vram_gb=1,
        size_gb=0.36,
        link="https://huggingface.co/hexgrad/Kokoro-82M",
        files=("config.json",),
        hashes=kokoro_voices.HASHES,
    ),
    Model(
        "riva",
        "NVIDIA Riva",
        "speech",
        "pipelines.riva:Riva",
        licence="its server's",
        link="https://docs.nvidia.com/deeplearning/riva/user-guide/docs/tts/tts-overview.html",
    ),
    *restore.MODELS,
]


class UnknownModel(Unknown):
    """No model of that name is in the catalogue."""


owned = own.Owned(None, {model.id: model for model in MODELS}.get)


def use(file: Path) -> None:
    """Take the user's own models from this file from now on; it need not be there."""
    owned.file, owned.seen = file, None


def models() -> list[Model]:
    """The catalogue's models, then the user's own."""
    return [*MODELS, *owned.now().models]


def find(model_id: str) -> Model:
    for model in models():
        if model.id == model_id:
            return model
    raise UnknownModel(f"There is no model {model_id!r}.", f"Choose one of: {', '.join(m.id for m in models())}.")


def for_task(task: Task) -> list[Model]:
    return [model for model in models() if model.task == task]


def default(task: Task) -> Model:
    """The model a request gets that names none: the first real one that is ready and needs no file, else the draft."""
    found = for_task(task)
    ready = (m for m in found if not m.draft and m.status()[0] == "ready")
    return next((m for m in ready if not m.needs_files), found[0])
