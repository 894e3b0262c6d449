"""Whose request it is, in Gradio's own time: what it does later, from its queue, is done for whoever asked for it."""

from __future__ import annotations

from typing import Any

import gradio as gr

from studio.people import STRANGER, acting


def asked_for(window: gr.Blocks) -> gr.Blocks:
    """The window, every function of it running as the person whom the guard let in. One that nobody asked for, which
    there is none of, would see nothing."""
    process = window.process_api

    async def as_asked(*given: Any, request: Any = None, **said: Any) -> Any:
        first = request[0] if isinstance(request, list) and request else request
        scope = getattr(getattr(first, "request", None), "scope", None) or {}
        with acting(scope.get("person", STRANGER)):
            return await process(*given, request=request, **said)

    window.process_api = as_asked
    return window
