"""RIFE makes frames between others, by a checkpoint of random weights: they lie between, and what was there stays."""

from __future__ import annotations

import numpy as np
import pytest

from footage import psnr, read, scene, write
from pipelines.base import Model
from pipelines.faults import BrokenWeights
from restored import Restorer
from tiny.restore import network, rife


@pytest.fixture
def restore(tmp_path):
    """A restorer of a checkpoint that is built so."""

    def restorer(build) -> Restorer:
        build(tmp_path / "weights")
        model = Model("rife", "RIFE", "restore", "pipelines.rife:Rife", repo=str(tmp_path / "weights"),
                      revision="local", licence="MIT")  # fmt: skip
        return Restorer(tmp_path, model)

    return restorer


def test_frames_are_made_between_those_that_are_there(restore, tmp_path):
    """Where its network sees no motion, the frame between is the mean of both: in light and in colour."""
    source = write(tmp_path / "half.mp4", scene(6, 150, 90), "30")
    made, times = read(restore(rife(still=True))(source, fps="60"))
    given = read(source)[0]
    assert len(made) in (11, 12)
    assert max(abs(float(at) - n / 60) for n, at in enumerate(times)) < 1e-4
    assert psnr(made[::2][:6], given) > 44
    assert psnr(made[1:11:2], (given[:-1] + given[1:]) / 2) > 44


def test_its_motion_is_its_own(restore, tmp_path):
    source = write(tmp_path / "half.mp4", scene(3, 128, 96), "30")
    made = read(restore(rife())(source, fps="60"))[0]
    given = read(source)[0]
    assert psnr(made[::2][:3], given) > 44, "what was there stays"
    assert psnr(made[1:4:2], (given[:-1] + given[1:]) / 2) < 44


def test_nothing_lies_between_two_shots(restore, tmp_path):
    shots = np.concatenate([scene(3, 128, 96, seed=5) // 3, 255 - scene(3, 128, 96, seed=8) // 3])
    source = write(tmp_path / "cut.mp4", shots, "30")
    made = read(restore(rife(still=True))(source, fps="60"))[0]
    assert min(float(np.abs(made[5] - side).mean()) for side in (made[4], made[6])) < 1.5


def test_another_network_is_refused_in_words(restore):
    upscaler = network("Compact.__arch.SRVGG:SRVGGNetCompact", num_feat=8, num_conv=2, upscale=2)
    with pytest.raises(BrokenWeights, match="tensors"):
        restore(upscaler).pipeline()
