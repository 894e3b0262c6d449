"""SeedVR2, by ByteDance: a diffusion that restores stretches of film, run by the checkout that STUDIO_SEEDVR_HOME
names, on one GPU or, by torchrun, on several. https://github.com/ByteDance-Seed/SeedVR"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field

from pipelines.base import Context, Model, Pipeline, Status
from pipelines.device import devices
from pipelines.restoring.job import restored
from pipelines.restoring.options import Restoring
from pipelines.restoring.painted import Painted
from pipelines.restoring.source import Source
from pipelines.seedvr_launch import Launched, SeedVRFailed
from pipelines.seedvr_run import Run

REPO = "https://github.com/ByteDance-Seed/SeedVR"
STRIDE = 4
"""Its frames come as 4k + 1."""
FINELY = Path(__file__).with_name("seedvr_finely.py")


class SeedVROptions(Restoring):
    stretch: int = Field(45, ge=5, le=241, title="Stretch", description="Frames done at once; fewer take less memory")
    batch: int = Field(
        20,
        ge=1,
        le=1000,
        title="Stretches a launch",
        description="Its weights are loaded once for so many; 1 draws the same noise for each",
    )
    gpus: int = Field(1, ge=1, le=16, title="GPUs", description="That share each stretch")
    limit_min: float = Field(
        30, ge=0.01, le=1440, title="Time limit", description="In minutes, for one stretch; then it is stopped"
    )


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
        most = (options.stretch - 1) // STRIDE * STRIDE + 1
        with ExitStack() as ends:

            def restorer(used: dict[str, Any], source: Source, size: tuple[int, int]) -> Painted:
                launched = Launched(partial(self.start, options, size), most, context.workdir / "seedvr")
                ends.callback(launched.end)
                return Painted(
                    launched.paint, used, source, size, chunk=max(5, (most - 4) // 5 * 5), overlap=4, context=0,
                    deep=False, saying=lambda: launched.said, batch=options.batch, ahead=launched.ahead,
                )  # fmt: skip

            yield from restored(self, options, context, restorer)

    def start(self, options: SeedVROptions, size: tuple[int, int], given: Path, made: Path, mark: Path,
              films: bool) -> Run:  # fmt: skip
        """The script on a folder of stretches. A single picture goes through on one GPU, as it must."""
        home = checkout()
        if home is None:
            raise SeedVRFailed("STUDIO_SEEDVR_HOME names no folder.", f"git clone {REPO}, and set it to that.")
        gpus = options.gpus if films else 1
        command = [
            *launcher(home), f"--nproc-per-node={gpus}", str(FINELY), script(self.model), "--video_path", str(given),
            "--seed", str(options.seed), "--res_h", str(size[1]), "--res_w", str(size[0]), "--sp_size", str(gpus),
            "--output_dir", str(made),
        ]  # fmt: skip
        return Run(command, home, options.limit_min * 60, mark)


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
