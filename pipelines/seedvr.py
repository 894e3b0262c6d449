"""SeedVR2, by ByteDance: a diffusion that restores stretches of film, run by the checkout that STUDIO_SEEDVR_HOME
names, on one GPU or, by torchrun, on several. https://github.com/ByteDance-Seed/SeedVR"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from pipelines import seedvr_run
from pipelines.base import Context, Model, Pipeline, Status
from pipelines.device import devices
from pipelines.faults import Fault
from pipelines.restoring import source as films
from pipelines.restoring.encode import write
from pipelines.restoring.graph import Frame, filtered, planes_of
from pipelines.restoring.job import restored
from pipelines.restoring.options import Restoring
from pipelines.restoring.painted import Painted, Shown, Tell, framed
from pipelines.restoring.prepare import uncoloured
from pipelines.restoring.source import BT709, Source

REPO = "https://github.com/ByteDance-Seed/SeedVR"
STRIDE, SIDE = 4, 16
"""Its frames come as 4k + 1, its sides in steps of 16."""
RATE = Fraction(24)
"""The rate of the stretches handed over; it makes no difference to what becomes of them."""


class SeedVROptions(Restoring):
    stretch: int = Field(45, ge=5, le=241, title="Stretch", description="Frames done at once; fewer take less memory")
    gpus: int = Field(1, ge=1, le=16, title="GPUs", description="That share each stretch")
    limit_min: float = Field(
        30, ge=0.01, le=1440, title="Time limit", description="In minutes, for one stretch; then it is stopped"
    )


class SeedVRFailed(Fault):
    """The checkout's script ended with an error, or left nothing."""


class SeedVR(Pipeline):
    """A film as MP4, a picture as PNG."""

    Options = SeedVROptions
    on_device = True
    seeded = True

    @classmethod
    def status(cls, model: Model) -> tuple[Status, str]:
        home = checkout()
        if home is None:
            return "needs_package", f"git clone {REPO}, and set STUDIO_SEEDVR_HOME to its folder."
        if not (home / script(model)).is_file():
            return "needs_package", f"STUDIO_SEEDVR_HOME has no {script(model)}: git clone {REPO} there."
        lacking = [name for name in weights(model) if not (home / name).is_file()]
        if lacking:
            size = size_of(model).upper()
            where = f"huggingface-cli download ByteDance-Seed/SeedVR2-{size} --local-dir ckpts"
            return "not_downloaded", f"The checkout lacks {', '.join(lacking)}. In it: {where}"
        if not launcher(home):
            return "needs_package", "There is no torchrun: install the checkout's requirements, in its .venv or here."
        if devices()[0].kind != "cuda":
            return "needs_gpu", "It needs an NVIDIA GPU, with about 40 GB for 720p."
        return "ready", ""

    def run(self, options: SeedVROptions, context: Context) -> Iterator[Path]:
        def restorer(used: dict[str, Any], source: Source, size: tuple[int, int]) -> Painted:
            stretch = (options.stretch - 1) // STRIDE * STRIDE + 1
            launched = Launched(self.model, options, context, size)
            return Painted(
                launched.paint(stretch), used, source, size, chunk=max(5, (stretch - 4) // 5 * 5), overlap=4, context=0,
                deep=False, saying=lambda: launched.said,
            )  # fmt: skip

        return restored(self, options, context, restorer)


class Launched:
    """Stretches of film through the script, each a run of its own, in folders of their own."""

    def __init__(self, model: Model, options: SeedVROptions, context: Context, size: tuple[int, int]):
        self.model, self.options, self.context, self.size = model, options, context, size
        self.said = ""

    def paint(self, most: int) -> Any:
        def paint(pictures: Iterator[Shown], tell: Tell) -> Iterator[Shown]:
            while stretch := list(islice(pictures, most)):
                made = self.through([one.image for one in stretch], tell)
                yield from (one._replace(image=image) for one, image in zip(stretch, made, strict=True))

        return paint

    def through(self, images: list[np.ndarray], tell: Tell) -> list[np.ndarray]:
        home = checkout()
        if home is None:
            raise SeedVRFailed("STUDIO_SEEDVR_HOME names no folder.", f"git clone {REPO}, and set it to that.")
        room = self.context.workdir / "seedvr"
        shutil.rmtree(room, ignore_errors=True)
        given, made = room / "given", room / "made"
        given.mkdir(parents=True)
        made.mkdir()
        self.hand_over(given, images)
        command = [
            *launcher(home), f"--nproc-per-node={self.options.gpus}", script(self.model), "--video_path", str(given),
            "--output_dir", str(made), "--seed", str(self.options.seed), "--res_h", str(self.size[1]), "--res_w",
            str(self.size[0]), "--sp_size", str(self.options.gpus if len(images) > 1 else 1),
        ]  # fmt: skip
        seedvr_run.run(command, home, self.options.limit_min * 60, tell, lambda said: setattr(self, "said", said))
        files = sorted(made.iterdir())
        if not files:
            raise SeedVRFailed("SeedVR ended well and left no film.", "Try a shorter stretch, and look at its log.")
        return self.taken_back(files[0], len(images))

    def hand_over(self, folder: Path, images: list[np.ndarray]) -> None:
        """A picture as PNG; a stretch as a film without loss to speak of."""
        if len(images) == 1:
            from PIL import Image

            Image.fromarray(images[0]).save(folder / "it.png")
            return
        height, width = images[0].shape[:2]
        size = width // 2 * 2, height // 2 * 2
        base = Fraction(1, 24)
        frames = (framed(Shown(image, n, base)) for n, image in enumerate(images))
        chain = uncoloured(BT709, size, False)
        tags = {"colorspace": BT709, "color_primaries": BT709, "color_trc": BT709, "color_range": 1}
        shown = (Frame(frame.pts, planes_of(frame)) for frame in filtered(frames, chain, RATE))
        write(folder / "it.mp4", shown, size=size, deep=False, tick=base, rate=RATE, tags=tags, quality="best",
              form="mp4", ahead_s=0)  # fmt: skip

    def taken_back(self, file: Path, count: int) -> list[np.ndarray]:
        """Its frames: as many as were handed over."""
        if file.suffix == ".png":
            from PIL import Image

            return [np.asarray(Image.open(file).convert("RGB"))]
        found = films.look(file)
        chain = [("scale", "out_range=pc:flags=lanczos+accurate_rnd+full_chroma_int"), ("format", "rgb24")]
        images = [planes_of(frame)[0] for frame in filtered(found.read(0, count), chain, RATE)]
        if len(images) < count:
            raise SeedVRFailed(f"SeedVR made {len(images)} of {count} frames.", "Try a shorter stretch.")
        return images


def checkout() -> Path | None:
    said = os.environ.get("STUDIO_SEEDVR_HOME")
    return Path(said).expanduser() if said and Path(said).expanduser().is_dir() else None


def size_of(model: Model) -> str:
    return "7b" if "7b" in model.id else "3b"


def script(model: Model) -> str:
    return f"projects/inference_seedvr2_{size_of(model)}.py"


def weights(model: Model) -> tuple[str, ...]:
    """What its scripts load, from where they look for it."""
    return f"ckpts/seedvr2_ema_{size_of(model)}.pth", "ckpts/ema_vae.pth", "pos_emb.pt", "neg_emb.pt"


def launcher(home: Path) -> list[str]:
    """torchrun: of the checkout's own environment where it has one, else of this one."""
    own = [home / place / "bin" / "torchrun" for place in (".venv", "venv")]
    beside = Path(sys.executable).parent / "torchrun"
    found = next((str(path) for path in (*own, beside) if path.is_file()), shutil.which("torchrun"))
    return [found] if found else []
