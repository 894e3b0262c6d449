"""SeedVR2's launch, against a script in its place that takes its real arguments, reads and writes the files it would,
says what it says, and ends as it ends."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import footage
from conftest import until
from footage import psnr, read, scene, write
from pipelines import catalogue, device, seedvr
from pipelines.faults import Cancelled, OutOfMemory
from pipelines.seedvr_launch import SeedVRFailed
from pipelines.seedvr_run import SeedVRBroke, SeedVRTimedOut
from restored import Here, Restorer

STAND_IN = """
import argparse, json, os, sys, time
from pathlib import Path
import av, cv2, mediapy, numpy as np

parser = argparse.ArgumentParser()
parser.add_argument("--video_path", type=str, default="./test_videos")
parser.add_argument("--output_dir", type=str, default="./results")
parser.add_argument("--seed", type=int, default=666)
parser.add_argument("--res_h", type=int, default=720)
parser.add_argument("--res_w", type=int, default=1280)
parser.add_argument("--sp_size", type=int, default=1)
parser.add_argument("--out_fps", type=float, default=None)
args = parser.parse_args()
assert Path("./ckpts/seedvr2_ema_3b.pth").exists(), "it looks for its weights from its own folder"
with open("asked.jsonl", "a") as file:
    said = {**vars(args), "world": os.environ.get("WORLD_SIZE"), "rank": os.environ.get("RANK")}
    file.write(json.dumps(said) + "\\n")
how = Path("how").read_text() if Path("how").exists() else ""
if how == "memory":
    sys.exit(print("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 GiB") or 1)
if how == "broken":
    raise ImportError("No module named 'flash_attn'")
if how == "slow":
    print("Read video size: torch.Size([9, 3, 96, 128])", flush=True)
    time.sleep(600)
if how == "nothing":
    sys.exit(0)

def larger(image):
    factor = (args.res_h * args.res_w / (image.shape[0] * image.shape[1])) ** 0.5
    made = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    high, wide = made.shape[0] // 16 * 16, made.shape[1] // 16 * 16
    top, left = (made.shape[0] - high) // 2, (made.shape[1] - wide) // 2
    return np.ascontiguousarray(made[top : top + high, left : left + wide])

def frames_of(file):
    with av.open(str(file)) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]

for n, file in enumerate(Path(args.video_path) / name for name in os.listdir(args.video_path)):
    out, rates = Path(args.output_dir) / file.name, []
    if file.suffix == ".png":
        assert args.sp_size == 1, "Sp size should be set to 1 for image inputs!"
        frames = [cv2.imread(str(file))[..., ::-1]]   # and nothing is noted in `rates`
    else:
        frames = frames_of(file)
        rates.append(24)
    print("Read video size:", (len(frames), 3, *frames[0].shape[:2]), flush=True)
    print("Encoding videos:", flush=True)
    print("Generating with noise shape:", flush=True)
    made = [larger(frame) for frame in frames]
    print("Inference time: 0.1 seconds", flush=True)
    for sample, fps in zip([made], rates):            # so that of a picture nothing is written
        if len(sample) == 1:
            mediapy.write_image(out, sample[0])
        else:
            mediapy.write_video(out, sample, fps=fps)
    with open("done", "a") as file:
        file.write(out.name + "\\n")
    if how == "second" and n == 1:
        sys.exit(print("torch.OutOfMemoryError: CUDA out of memory.") or 1)
    if how == "hangs" and n == 1:
        time.sleep(600)
"""
MEDIAPY = """
import av
from PIL import Image

def write_image(path, image, fmt="png"):
    with open(path, "wb") as file:
        Image.fromarray(image).save(file, format=fmt)

def write_video(path, images, fps=60, qp=28):
    with open("qps", "a") as file:
        file.write(f"{qp} ")
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=fps, options={"qp": str(qp)})
        stream.height, stream.width, stream.pix_fmt = *images[0].shape[:2], "yuv420p"
        for image in images:
            film.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        film.mux(stream.encode(None))
"""
TORCHRUN = """#!/bin/sh
processes="${1#--nproc-per-node=}"; shift
WORLD_SIZE="$processes" RANK=0 exec '%s' "$@"
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch) -> Path:
    """A checkout with everything in it, its own launcher too."""
    home = tmp_path / "SeedVR"
    for name in ("ckpts/seedvr2_ema_3b.pth", "ckpts/ema_vae.pth", "pos_emb.pt", "neg_emb.pt"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).touch()
    (home / "projects").mkdir()
    (home / "projects" / "inference_seedvr2_3b.py").write_text(STAND_IN)
    (home / "mediapy.py").write_text(MEDIAPY)
    launcher = home / ".venv" / "bin" / "torchrun"
    launcher.parent.mkdir(parents=True)
    launcher.write_text(TORCHRUN % sys.executable)
    launcher.chmod(0o755)
    monkeypatch.setenv("STUDIO_SEEDVR_HOME", str(home))
    monkeypatch.setattr(seedvr, "devices", lambda: (device.Device("cuda:0", "cuda", "A card", 80),))
    return home


@pytest.fixture
def restore(tmp_path) -> Restorer:
    return Restorer(tmp_path, "seedvr2-3b", size="2x", seed=4, stretch=17)


@pytest.fixture
def clip(tmp_path) -> Path:
    return write(tmp_path / "clip.mp4", footage.halved(scene(16)), sound="sine=440:d=0.64")


def done(home: Path) -> list[str]:
    return (home / "done").read_text().splitlines()


def asked(home: Path) -> list[dict]:
    return [json.loads(line) for line in (home / "asked.jsonl").read_text().splitlines()]


def test_stretches_go_through_its_script_and_come_back_as_one_film(checkout, clip, restore, tmp_path):
    made = restore(clip, size="2x", gpus=2)
    film, times = read(made)
    assert film.shape == (16, 192, 256)
    assert [round(float(at) * 25) for at in times] == [*range(16)]
    assert psnr(film, read(write(tmp_path / "known.mp4", scene(16)))[0]) > 30
    (run,) = asked(checkout)
    assert (run["res_h"], run["res_w"], run["seed"], run["sp_size"], run["world"]) == (192, 256, 4, 2, "2")
    assert len(done(checkout)) == 2, "one launch for all chunks"
    assert {*(checkout / "qps").read_text().split()} == {"12"}, "finely written"
    assert any("SeedVR: " in note for _, note in restore.context.heard)


def test_it_is_launched_as_often_as_is_asked_for(checkout, clip, restore):
    restore(clip, batch=1)
    assert len(asked(checkout)) == len(done(checkout)) == 2


def test_what_was_done_before_it_broke_is_not_asked_for_again(checkout, clip, restore, tmp_path):
    (checkout / "how").write_text("second")
    with pytest.raises(OutOfMemory):
        restore(clip, stretch=9)
    (checkout / "how").unlink()
    before = done(checkout)
    film = read(restore(clip, Here(tmp_path / "run"), stretch=9))[0]
    assert film.shape[0] == 16
    assert len(asked(checkout)) == 2
    assert not {*before[:1]} & {*done(checkout)[len(before) :]}


def test_what_a_killed_studio_left_running_is_ended(checkout, clip, restore, tmp_path):
    """Its script outlives a studio that is killed, and would hold the GPU's memory."""
    (checkout / "how").write_text("hangs")
    killed = multiprocessing.get_context("fork").Process(target=restore, args=(clip,), kwargs={"stretch": 9})
    killed.start()
    until(lambda: (checkout / "done").exists() and len(done(checkout)) == 2)
    (mark,) = (tmp_path / "run" / "cache" / "restoring").glob("*/ahead.pid")
    left = int(mark.read_text().split()[0])
    killed.kill()
    killed.join()
    os.kill(left, 0)
    (checkout / "how").unlink()
    assert read(restore(clip, stretch=9))[0].shape[0] == 16
    until(lambda: gone(left))


def gone(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"


def test_a_picture_goes_as_a_film_of_one_frame_on_one_gpu(checkout, restore, tmp_path):
    Image.fromarray(footage.halved(scene(1))[0]).save(tmp_path / "a.png")
    made = np.asarray(Image.open(restore(tmp_path / "a.png", gpus=4)))
    assert made.shape == (192, 256, 3)
    assert asked(checkout)[0]["sp_size"] == 1


def test_the_real_torchrun_launches_it(checkout, restore, tmp_path):
    beside = Path(sys.executable).parent / "torchrun"
    if not beside.exists():
        pytest.skip("torch is not installed")
    (checkout / ".venv" / "bin" / "torchrun").unlink()
    Image.fromarray(footage.halved(scene(1))[0]).save(tmp_path / "a.png")
    restore(tmp_path / "a.png")
    assert (asked(checkout)[0]["world"], asked(checkout)[0]["rank"]) == ("1", "0")


@pytest.mark.parametrize(
    ("how", "fault", "words"),
    [
        ("memory", OutOfMemory, "shorter stretch"),
        ("broken", SeedVRBroke, "requirements"),
        ("nothing", SeedVRFailed, "shorter stretch"),
    ],
)
def test_its_failures_are_told_in_words(checkout, clip, restore, how, fault, words):
    (checkout / "how").write_text(how)
    with pytest.raises(fault) as told:
        restore(clip)
    assert words in told.value.advice
    assert how != "broken" or "flash_attn" in told.value.message


def test_it_is_stopped_when_its_time_is_over_or_the_job_is_cancelled(checkout, clip, restore, tmp_path):
    (checkout / "how").write_text("slow")
    with pytest.raises(SeedVRTimedOut, match="minutes"):
        restore(clip, limit_min=0.05)
    with pytest.raises(Cancelled):
        restore(clip, Here(tmp_path / "other", stop_at="SeedVR: reading"))


def test_what_is_missing_says_how_to_get_it(checkout, monkeypatch):
    model = catalogue.find("seedvr2-3b")
    assert model.status() == ("ready", "")
    monkeypatch.setattr(seedvr, "devices", lambda: (device.CPU,))
    assert model.status()[0] == "needs_gpu"
    (checkout / "ckpts" / "ema_vae.pth").unlink()
    assert model.status()[0] == "not_downloaded"
    assert "ByteDance-Seed/SeedVR2-3B" in model.status()[1]
    (checkout / "projects" / "inference_seedvr2_3b.py").unlink()
    assert "git clone" in model.status()[1]
    monkeypatch.delenv("STUDIO_SEEDVR_HOME")
    assert model.status()[0] == "needs_package"
    assert "STUDIO_SEEDVR_HOME" in model.status()[1]
