"""Kokoro with random weights: its real widths, which its code fixes, one layer deep. Weights that repeat themselves are
one stretch of random numbers read at many places, so that the checkpoint is small."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

from tiny import Tiny

LETTERS = (
    ';:,.!?—…"()“” ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ'
)
VOICES = ("af_bella", "af_sky", "bm_george", "ff_siwis", "zf_xiaoxiao")
CONFIG = {
    "vocab": {letter: n for n, letter in enumerate(LETTERS, 1)},
    "n_token": len(LETTERS) + 1,
    "hidden_dim": 512,
    "style_dim": 128,
    "n_layer": 1,
    "max_dur": 8,
    "dropout": 0.0,
    "n_mels": 80,
    "text_encoder_kernel_size": 3,
    "plbert": {
        "hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 512,
        "num_hidden_layers": 1, "dropout": 0.0, "embedding_size": 16,
    },
    "istftnet": {
        "resblock_kernel_sizes": [3], "upsample_rates": [10, 6], "upsample_initial_channel": 512,
        "resblock_dilation_sizes": [[1, 3, 5]], "upsample_kernel_sizes": [20, 12], "gen_istft_n_fft": 20,
        "gen_istft_hop_size": 5,
    },
}  # fmt: skip


def build(folder: Path) -> None:
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from kokoro import model as kokoro

        (folder / "voices").mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(CONFIG))
        torch.manual_seed(1932)
        empty, load = folder / "empty.pth", torch.save
        load({}, empty)
        network = kokoro.KModel(repo_id="tiny", config=str(folder / "config.json"), model=str(empty))
    empty.unlink()
    parts = {name: part.state_dict() for name, part in network.named_children()}
    torch.save(
        {name: {key: repeating(t) for key, t in part.items()} for name, part in parts.items()},
        folder / "kokoro-v1_0.pth",
    )
    for name in VOICES:
        torch.save(torch.randn(510, 1, 256) * 0.2, folder / "voices" / f"{name}.pt")


def repeating(tensor):
    """As many random numbers of the same spread, of which only a few are kept."""
    import torch

    if tensor.numel() < 4096 or not tensor.is_floating_point():
        return tensor.clone()
    strides = [1 if size > 1 else 0 for size in tensor.shape]
    pool = torch.randn(sum(tensor.shape)) * tensor.std() + tensor.mean()
    return pool.as_strided(tensor.shape, strides)


TINY = [
    Tiny(
        "kokoro", build, "pipelines.kokoro:Kokoro", "speech",
        options={"text": "A lighthouse by the sea. Nobody speaks.", "voice": "af_bella"},
        makes={"kind": "audio"}, hashes=True,
    )
]  # fmt: skip
