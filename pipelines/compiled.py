"""Compiles the blocks that a network repeats, on a GPU, where STUDIO_COMPILE asks for it. Only rounding differs.

Regional compilation: one block is compiled and serves for all of its kind, so the first job waits ten seconds longer
and not a minute. https://docs.pytorch.org/tutorials/recipes/regional_compilation.html
"""

from __future__ import annotations

import logging
import os
from typing import Any

from pipelines.faults import Cancelled, ran_out
from pipelines.shortcuts import transformers

log = logging.getLogger(__name__)


def wanted() -> bool:
    return os.environ.get("STUDIO_COMPILE", "").lower() in ("1", "true", "yes", "on")


def quicken(pipe: Any, **how: Any) -> None:
    """Have the networks that take the steps compile their blocks when they first run; `how` goes to torch.compile. What
    cannot be compiled runs as it is, and the log says so."""
    for network in transformers(pipe):
        try:
            network.compile_repeated_blocks(fullgraph=True, **how)
        except ValueError as error:
            log.info("%s is not compiled: %s", type(network).__name__, error)
        for block in network.modules():
            if block._compiled_call_impl is not None:
                block._compiled_call_impl = forgiving(block, block._compiled_call_impl)


def forgiving(block: Any, compiled: Any) -> Any:
    """The compiled call of a block; when the compiler fails, the block's own from then on."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return compiled(*args, **kwargs)
        except Exception as error:
            if isinstance(error, Cancelled) or ran_out(error) or not of_the_compiler(error):
                raise
            log.warning("%s runs uncompiled: %s", type(block).__name__, str(error).partition("\n")[0][:200])
            block._compiled_call_impl = None
            return block(*args, **kwargs)

    return call


def of_the_compiler(error: Exception) -> bool:
    return any(kind.__module__.startswith(("torch._dynamo", "torch._inductor")) for kind in type(error).__mro__)
