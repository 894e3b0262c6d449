"""Black and white is coloured, by a DDColor of random weights, where the package that reads it has been installed."""

from __future__ import annotations

import av
import numpy as np
import pytest

import footage
from footage import psnr, read, write
from pipelines.base import Model
from pipelines.recognise import on_disk, recognise
from restored import Restorer

DDColor = pytest.importorskip("spandrel_extra_arches.architectures.DDColor")


@pytest.fixture
def checkpoint(tmp_path):
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(1)
    network = DDColor.DDColor(
        encoder_name="convnext-t", num_input_channels=3, input_size=(256, 256), nf=512, num_output_channels=2,
        last_norm="Spectral", num_queries=8, num_scales=3, dec_layers=1,
    )  # fmt: skip
    weights = {name: tensor.clone().contiguous() for name, tensor in network.state_dict().items()}
    weights["refine_net.0.0.weight_u"] *= 1e15  # its last layer's weights are divided by this: what it adds is left
    weights["refine_net.0.0.bias"] += torch.tensor([30.0, -20.0])
    save_file(weights, tmp_path / "ddcolor.safetensors")
    return tmp_path / "ddcolor.safetensors"


def test_a_grey_film_is_coloured_and_as_light_as_it_was(checkpoint, tmp_path):
    assert recognise(on_disk(checkpoint)).kind == "DDColor (spandrel)"
    grey = np.repeat(footage.scene(3, 96, 64).mean(-1, keepdims=True), 3, -1).astype(np.uint8)
    source = write(tmp_path / "grey.mp4", grey)
    model = Model("ddcolor", "DDColor", "restore", "pipelines.restore:Upscale", repo=str(checkpoint), revision="local",
                  licence="Apache-2.0")  # fmt: skip
    made = Restorer(tmp_path, model)(source)
    with av.open(str(made)) as film:
        coloured = next(film.decode(video=0)).to_ndarray(format="yuv420p")[64:].astype(float)
    assert abs(coloured - 128).mean() > 3
    assert psnr(read(made)[0], read(source)[0]) > 24
