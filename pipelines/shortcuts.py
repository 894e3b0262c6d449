"""Faster ways to a slightly different picture: chosen by name, written in the recipe, never taken unasked.

`cached` skips the blocks of a step whose first block hardly changed anything since the step before (first-block cache,
as in ParaAttention; diffusers' FirstBlockCacheConfig). `fp8` keeps the transformer's weights in 8 bits and computes in
the usual precision: half the memory, a little less detail. What is free of loss (where weights lie, compiling) is no
option but the studio's own business: placement.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Literal

from pydantic import Field

from pipelines.base import Options

Shortcut = Literal["exact", "cached", "fp8", "cached+fp8"]
THRESHOLD = 0.08
"""How much the first block's residual may change, as a share, for the rest of the step to be taken from the last."""


SHARE = 0.65
"""What fp8 leaves of a model's memory: the networks that take the steps are about two thirds of it."""


class Shrunken(Options):
    """Options of a family whose step-taking network can be kept in 8 bits."""

    shortcut: Literal["exact", "fp8"] = Field(
        "exact",
        title="Shortcut",
        description="exact computes everything; fp8 keeps the large network in half the memory, for a slightly "
        "different picture",
    )


class Shortened(Shrunken):
    """The same where diffusers knows the blocks of the network, so that steps can be cached too."""

    shortcut: Shortcut = Field(  # type: ignore[assignment]
        "exact",
        title="Shortcut",
        description="exact computes everything; cached skips what hardly changes from step to step, fp8 keeps the "
        "large network in half the memory: both for a slightly different picture",
    )


def build_for(options: Any) -> str:
    """What of the shortcut decides how weights are loaded."""
    return "fp8" if "fp8" in getattr(options, "shortcut", "") else ""


def transformers(pipe: Any) -> list[Any]:
    """The networks that take the steps."""
    found = (getattr(pipe, name, None) for name in ("transformer", "transformer_2", "unet"))
    return [network for network in found if network is not None]


def shrink(pipe: Any) -> None:
    """Keep the weights of the step-taking networks in 8 bits. Computes in the precision that they came in."""
    import torch

    for network in transformers(pipe):
        network.enable_layerwise_casting(storage_dtype=torch.float8_e4m3fn, compute_dtype=network.dtype)


@contextmanager
def taken(pipe: Any, options: Any) -> Iterator[None]:
    """While this is open, `pipe` takes the shortcut that `options` name."""
    if "cached" not in getattr(options, "shortcut", ""):
        yield
        return
    from diffusers import FirstBlockCacheConfig

    with ExitStack() as open_now:
        for network in transformers(pipe):
            network.enable_cache(FirstBlockCacheConfig(threshold=THRESHOLD))
            open_now.callback(network.disable_cache)
            # not every pipeline says which of its passes it is in: those that do not have but one in a step
            open_now.enter_context(network.cache_context("step"))
        yield
