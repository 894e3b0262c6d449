"""What the real models need: a device that computes, torch's build for it, and each family's packages and weights."""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec
from typing import Any

from pipelines import catalogue, device
from pipelines.trial import trial
from studio.doctor.check import Check
from studio.settings import Settings

MODEL_PACKAGES = ("torch", "torchaudio", "torchvision", "diffusers", "transformers", "audiocraft", "kokoro")


def accelerator(settings: Settings) -> Check:
    """A GPU, found without torch, and the packages that would use it."""
    found = device.devices(settings.device)
    words = ", ".join(f"{d.title} ({d.name}, {d.memory_gb:.0f} GB)" for d in found)
    missing = [name for name in MODEL_PACKAGES if find_spec(name) is None]
    if found[0].kind == "cpu":
        if settings.device not in ("auto", "cpu"):
            cure = "Set STUDIO_DEVICE to auto, or see whether nvidia-smi finds the GPU."
            return Check(name="Device", state="warn", found=f"there is no {settings.device} here", cure=cure)
        cure = "The draft models need no GPU. The real ones run on a processor too, slowly."
        return Check(name="Device", state="ok", found=f"no GPU: {words}", cure=cure)
    if missing:
        cure = "./setup.sh models installs what the real models need."
        return Check(name="Device", state="warn", found=f"{words}, but no {', '.join(missing)}", cure=cure)
    return Check(name="Device", state="ok", found=words)


def computing(settings: Settings) -> Check:
    """Torch tried on the device, in another process: a product of matrices in every precision, held against the
    processor's."""
    if find_spec("torch") is None:
        cure = "./setup.sh models brings it; the draft models do without."
        return Check(name="Computing", state="ok", found="torch is not installed", cure=cure)
    wanted = device.devices(settings.device)[0]
    found = trial(wanted.name)
    if "error" in found:
        cure = "./setup.sh models installs torch anew. If the driver was just updated, restart the machine."
        return Check(name="Computing", state="bad", found=f"torch does not compute: {found['error']}", cure=cure)
    words, wrong = words_for(found), [name for name in ("float32", "bfloat16") if not found["right"][name]]
    if wrong and found["device"] != "cpu":
        cure = "Older cards have no bfloat16: float16 is used. Wrong float32 products mean a faulty card or driver."
        return Check(name="Computing", state="warn", found=f"{words}; wrong in {', '.join(wrong)}", cure=cure)
    if not found.get("built_for", True):
        cure = "This torch has no kernels for so old a card: STUDIO_DEVICE=cpu, or the draft models."
        return Check(name="Computing", state="warn", found=words, cure=cure)
    return Check(name="Computing", state="ok", found=words)


def words_for(found: dict[str, Any]) -> str:
    right = ", ".join(name for name, well in found["right"].items() if well)
    words = f"torch {found['torch']} on {found.get('title', found['device'])}, right in {right}"
    if "driver" in found:
        words += f"; driver {found['driver']}, CUDA {found['cuda']}"
        words += f", {found['free_gb']:.0f} of {found['total_gb']:.0f} GB free"
    return words


def families(settings: Settings) -> list[Check]:
    """Each task's models: how many can run now, and what the others lack."""
    catalogue.use(settings.home / "models.toml")
    return [family(task) for task in dict.fromkeys(model.task for model in catalogue.models())]


def family(task: Any) -> Check:
    models = catalogue.for_task(task)
    states = {model.id: model.status() for model in models}
    ready = [id for id, (status, _) in states.items() if status == "ready"]
    counts = Counter(status for status, _ in states.values() if status != "ready")
    lacks = [f"{n} {WORDS[status]}" for status, n in counts.items()]
    found = f"{', '.join(ready) or 'none'} ready" + (f"; {', '.join(lacks)}" if lacks else "")
    first = next((id for id, (status, _) in states.items() if status == "not_downloaded"), None)
    cure = f"studio models download {first}" if first else "./setup.sh models" if counts["needs_package"] else ""
    return Check(name=f"Models: {task}", state="ok" if ready else "warn", found=found, cure=cure)


WORDS = {
    "not_downloaded": "not downloaded",
    "needs_package": "without their packages",
    "needs_gpu": "too large for this device",
    "needs_server": "without their server",
}
