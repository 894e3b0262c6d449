"""Which pipeline reads a checkpoint, told from its files: what its JSON says and which tensors it names. Nothing is
loaded, and no format that can run code is opened.

A new family that users may bring checkpoints for is one more line in the first tables.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines import hub, kin
from pipelines.base import Task
from pipelines.faults import Unsupported
from pipelines.models.video import GUARDRAIL

DIFFUSERS: dict[str, tuple[Task, str]] = {  # `_class_name` of model_index.json
    "FluxPipeline": ("image", "pipelines.image:Flux"),
    "Flux2KleinPipeline": ("image", "pipelines.image:Flux2Klein"),
    "StableDiffusionXLPipeline": ("image", "pipelines.image:SDXL"),
    "StableDiffusion3Pipeline": ("image", "pipelines.image:SD3"),
    "QwenImagePipeline": ("image", "pipelines.image:QwenImage"),
    "ZImagePipeline": ("image", "pipelines.image:ZImage"),
    "SanaSprintPipeline": ("image", "pipelines.image:SanaSprint"),
    "FluxKontextPipeline": ("image", "pipelines.edit:Kontext"),
    "QwenImageEditPipeline": ("image", "pipelines.edit:QwenEdit"),
    "QwenImageEditPlusPipeline": ("image", "pipelines.edit:QwenEditPlus"),
    "WanPipeline": ("video", "pipelines.wan:Wan"),
    "WanImageToVideoPipeline": ("video", "pipelines.wan:WanPicture"),
    "LTXPipeline": ("video", "pipelines.ltx:Ltx"),
    "LTXImageToVideoPipeline": ("video", "pipelines.ltx:Ltx"),
    "LTXConditionPipeline": ("video", "pipelines.ltx:Ltx"),
    "LTX2Pipeline": ("video", "pipelines.ltx2:Ltx2"),
    "LTX2ImageToVideoPipeline": ("video", "pipelines.ltx2:Ltx2"),
    "CogVideoXPipeline": ("video", "pipelines.cogvideo:CogVideo"),
    "CogVideoXImageToVideoPipeline": ("video", "pipelines.cogvideo:CogVideoPicture"),
    "HunyuanVideo15Pipeline": ("video", "pipelines.hunyuan:Hunyuan"),
    "HunyuanVideo15ImageToVideoPipeline": ("video", "pipelines.hunyuan:HunyuanPicture"),
    "Cosmos2_5_PredictBasePipeline": ("video", "pipelines.cosmos:Cosmos"),
    "Cosmos2VideoToWorldPipeline": ("video", "pipelines.cosmos:CosmosGoingOn"),
    "Cosmos2TextToImagePipeline": ("image", "pipelines.cosmos:CosmosPicture"),
    "StableAudioPipeline": ("sound", "pipelines.soundscape:StableAudio"),
    "AceStepPipeline": ("music", "pipelines.soundscape:AceStep"),
    "StableDiffusionPipeline": ("music", "pipelines.riffusion:Riffusion"),
    "StableDiffusionUpscalePipeline": ("restore", "pipelines.upscale:StableUpscale"),
    "LTXLatentUpsamplePipeline": ("restore", "pipelines.upscale:LtxUpscale"),
    "Kandinsky6SRPipeline": ("restore", "pipelines.kandinsky:KandinskyUpscale"),
}
CLOSER = {  # where that class is several families: what model_index.json says besides, or a word in the name
    ("WanPipeline", "expand_timesteps"): "pipelines.wan:WanEither",
    ("WanImageToVideoPipeline", "boundary_ratio"): "pipelines.wan:WanPictures",
    ("WanImageToVideoPipeline", "flf2v"): "pipelines.wan:WanBetween",
    ("LTXConditionPipeline", "distilled"): "pipelines.ltx:LtxDistilled",
    ("FluxPipeline", "schnell"): "pipelines.image:FluxSchnell",
    ("StableDiffusionXLPipeline", "turbo"): "pipelines.image:SDXLTurbo",
    ("ZImagePipeline", "turbo"): "pipelines.image:ZImageTurbo",
    ("AceStepPipeline", "turbo"): "pipelines.soundscape:AceStepTurbo",
}
TRANSFORMERS: dict[str, tuple[Task, str]] = {  # `model_type` of config.json
    "musicgen": ("music", "pipelines.musicgen:MusicGen"),
    "musicgen_melody": ("music", "pipelines.musicgen:MusicGenMelody"),
}
WORKFLOW = "pipelines.comfyui:Workflow"
KOKORO = "pipelines.kokoro:Kokoro"
MUSICGEN = "pipelines.musicgen:MusicGen"
AUDIOGEN = "pipelines.musicgen:AudioGen"
UPSCALER = "pipelines.restore:Upscale"
RIFE, RIFE_TENSORS = "pipelines.rife:Rife", {"block4.convblock.0.beta", "encode.cnn3.weight"}
AUDIOCRAFT = ("state_dict.bin", "compression_state_dict.bin")

LORA_BASES = (  # what the tensors of a LoRA are called where only one kind of network has them; the first that fits
    (r"single_transformer_blocks|double_blocks|single_blocks", "flux-dev"),
    (r"lora_te2|text_model_2|input_blocks_[78]_1|down_blocks_2_attentions_\d_transformer_blocks_[2-9]", "sdxl"),
    (r"joint_blocks|transformer\.transformer_blocks\.\d+\.attn\.add_", "sd-3.5-large"),
)
LORA_NAMES = (
    ("flux", "flux-dev"), ("sdxl", "sdxl"), ("stable-diffusion-xl", "sdxl"), ("stable-diffusion-3", "sd-3.5-large"),
)  # fmt: skip
LORA_TENSOR = re.compile(r"\.lora_(A|B|up|down)\b|\.lora\.(up|down)\b|\.alpha$|lora_unet_|lora_te")
UPSCALER_TENSOR = re.compile(r"^(params(_ema)?\.)?(conv_first|model\.0|body\.0|upsample|layers\.0\.residual_group)\b")
MOST_TENSORS = 20_000
SMALL = 20 * 2**20  # bytes of JSON that are read at most


class NotRecognised(Unsupported):
    """A checkpoint of a kind that no pipeline of the studio reads."""


@dataclass(frozen=True)
class Found:
    """What a checkpoint is: who reads it, and what its entry needs to say."""

    kind: str
    task: Task
    family: str
    """Empty for a LoRA, which is read with its base."""
    files: tuple[str, ...] = ()
    pins: tuple[str, ...] = ()
    """Files in a format that can run code which the family cannot do without: their hashes go into the entry."""
    base: str = ""
    """For a LoRA: the id of the model that it changes, where it says."""
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Other repositories that it needs, and which of their files: T5, a guardrail."""


@dataclass(frozen=True)
class Source:
    """A checkpoint as far as it has to be known: its files' names, and the bytes at the beginning of one."""

    name: str
    names: tuple[str, ...]
    head: Callable[[str, int], bytes]
    sha256: Callable[[str], str]

    def json(self, name: str) -> Any:
        try:
            return json.loads(self.head(name, SMALL))
        except ValueError:
            raise NotRecognised(f"{name} of {self.name} is no JSON.", "Copy the checkpoint anew.") from None


def on_disk(path: Path) -> Source:
    """A folder, or a single file, of this machine."""

    def head(name: str, most: int) -> bytes:
        with (path if path.is_file() else path / name).open("rb") as file:
            return file.read(most)

    def sha256(name: str) -> str:
        with (path / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    if path.is_file():
        return Source(path.name, (path.name,), head, sha256)
    if not path.is_dir():
        raise NotRecognised(
            f"There is nothing at {path}.", "Name a folder, a file, or a model of the hub: maker/model."
        )
    names = tuple(sorted(str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()))
    return Source(path.name, names, head, sha256)


def on_hub(repo: str, commit: str, files: Iterable[hub.File]) -> Source:
    """A model of the hub, of which only the beginnings of small files are asked for."""
    hashes = {file.path: file.hash for file in files}

    def head(name: str, most: int) -> bytes:
        return hub.head(repo, commit, name, most)

    def sha256(name: str) -> str:
        return hashes[name] if len(hashes[name]) == 64 else hashlib.sha256(head(name, SMALL)).hexdigest()

    return Source(repo, tuple(hashes), head, sha256)


def recognise(source: Source) -> Found:
    """What a checkpoint is. Raises `NotRecognised`, saying what would be."""
    for look in (workflow, diffusers, kokoro, transformers, audiocraft, lora, upscaler):
        found = look(source)
        if found:
            return found
    only = "one that .safetensors can be had of" if has(source, ".ckpt", ".pt", ".pth", ".bin") else "another one"
    raise NotRecognised(
        f"{source.name} is no checkpoint that the studio reads.",
        "It reads folders with a model_index.json (diffusers), MusicGen's, AudioGen's and Kokoro's; LoRAs, upscalers"
        f" and RIFE as .safetensors; ComfyUI's workflows in its API format. Choose {only}, or say --family and --task.",
    )


def has(source: Source, *ends: str) -> bool:
    return any(name.lower().endswith(ends) for name in source.names)


# --- one look for each kind ------------------------------------------------------------------------------------------


def workflow(source: Source) -> Found | None:
    if len(source.names) != 1 or not has(source, ".json"):
        return None
    said = source.json(source.names[0])
    if isinstance(said, dict) and "nodes" in said and "links" in said:
        raise NotRecognised("This workflow is in ComfyUI's own format.", "Save it there with Export (API).")
    if (
        not isinstance(said, dict)
        or not said
        or not all(isinstance(n, dict) and "class_type" in n for n in said.values())
    ):
        return None
    kinds = " ".join(str(node["class_type"]) for node in said.values())
    films = re.search(r"SaveVideo|VideoCombine|SaveWEBM|SaveAnimated|CreateVideo", kinds)
    return Found("ComfyUI workflow", "video" if films else "image", WORKFLOW)


def diffusers(source: Source) -> Found | None:
    if "model_index.json" not in source.names:
        return None
    said = source.json("model_index.json")
    name = said.get("_class_name") if isinstance(said, dict) else None
    if isinstance(name, list) or has(source, "pipeline.py"):
        raise NotRecognised(f"{source.name} brings code of its own.", "The studio runs none: choose another one.")
    if name not in DIFFUSERS:
        raise NotRecognised(f"{source.name} is a {name}.", f"The studio reads: {', '.join(DIFFUSERS)}.")
    if not has(source, ".safetensors"):
        raise NotRecognised(
            f"{source.name} has no .safetensors.", "Its other formats can run code: choose another one."
        )
    if name == "StableDiffusionPipeline" and "riffusion" not in source.name.lower():
        raise NotRecognised(
            f"{source.name} is a Stable Diffusion 1 or 2 by its class.",
            "Of those the studio reads Riffusion alone: where it is one, say --family pipelines.riffusion:Riffusion.",
        )
    task, family = DIFFUSERS[name]
    for (kind, sign), closer in CLOSER.items():
        if kind == name and (said.get(sign) or sign in source.name.lower()):
            family = closer
    return Found(f"{name} (diffusers)", task, family, also=GUARDRAIL if "pipelines.cosmos" in family else {})


def kokoro(source: Source) -> Found | None:
    if "config.json" not in source.names or not {"istftnet", "plbert"} <= keys(source):
        return None
    weights = [name for name in source.names if name.endswith((".pth", ".safetensors"))]
    voices = [name for name in source.names if re.fullmatch(r"voices/\w+\.pt", name)]
    if not weights or not voices:
        raise NotRecognised(f"{source.name} is a Kokoro without weights or voices.", "It has a .pth and voices/*.pt.")
    return Found("Kokoro", "speech", KOKORO, ("config.json",), pinned(*weights[:1], *voices))


def audiocraft(source: Source) -> Found | None:
    if not set(AUDIOCRAFT) <= set(source.names):
        return None
    sound = "audiogen" in source.name.lower()
    kind = "AudioGen" if sound else "MusicGen"
    apart: dict[str, tuple[str, ...]] = {f"google-t5/t5-{'large' if sound else 'base'}": ()}
    reader = {} if "t5/config.json" in source.names else apart
    return Found(f"{kind} (audiocraft)", "sound" if sound else "music", AUDIOGEN if sound else MUSICGEN,
                 ("*.json",), pinned(*AUDIOCRAFT), also=reader)  # fmt: skip


def transformers(source: Source) -> Found | None:
    if "config.json" not in source.names:
        return None
    said = source.json("config.json")
    kind = said.get("model_type") if isinstance(said, dict) else None
    if not kind or kind not in TRANSFORMERS:
        return None
    if isinstance(said, dict) and "auto_map" in said:
        raise NotRecognised(f"{source.name} brings code of its own.", "The studio runs none: choose another one.")
    task, family = TRANSFORMERS[kind]
    return Found(f"{kind} (transformers)", task, family)


def lora(source: Source) -> Found | None:
    files = [name for name in source.names if name.endswith(".safetensors")]
    if len(files) != 1:
        return None
    tensors, said = header(source, files[0])
    if not tensors or sum(bool(LORA_TENSOR.search(name)) for name in tensors) < len(tensors) / 2:
        return None
    words = " ".join(
        str(said.get(key, "")) for key in ("modelspec.architecture", "ss_base_model_version", "base_model")
    )
    base = next((b for word, b in LORA_NAMES if word in words.lower()), "") or next(
        (base for pattern, base in LORA_BASES if any(re.search(pattern, name) for name in tensors)), ""
    )
    return Found(f"LoRA for {base or 'a model that it does not name'}", "image", "", (files[0],), base=base)


def upscaler(source: Source) -> Found | None:
    files = [name for name in source.names if name.endswith(".safetensors")]
    if len(files) != 1:
        return None
    tensors, _ = header(source, files[0])
    if {name.removeprefix("module.") for name in tensors} >= RIFE_TENSORS:
        return Found("RIFE", "restore", RIFE, (files[0],))
    if any(UPSCALER_TENSOR.search(name) for name in tensors):
        return Found("upscaler", "restore", UPSCALER, (files[0],))
    architecture = kin.of(tensors) if len(tensors) < MOST_TENSORS else ""
    return Found(f"{architecture} (spandrel)", "restore", UPSCALER, (files[0],)) if architecture else None


def keys(source: Source) -> set[str]:
    said = source.json("config.json")
    return set(said) if isinstance(said, dict) else set()


def pinned(*names: str) -> tuple[str, ...]:
    """Those of the names whose format can run code."""
    return tuple(name for name in names if not name.endswith(".safetensors"))


def header(source: Source, name: str) -> tuple[list[str], dict[str, Any]]:
    """The names of a .safetensors file's tensors, and what it says of itself. Raises `NotRecognised` for another."""
    length = int.from_bytes(source.head(name, 8), "little")
    try:
        if not 2 <= length <= SMALL:
            raise ValueError
        said = json.loads(source.head(name, 8 + length)[8:])
        about = said.pop("__metadata__", None) or {}
        return list(said), dict(about)
    except (ValueError, AttributeError, TypeError):
        raise NotRecognised(f"{name} is no .safetensors file.", "Copy it anew.") from None
