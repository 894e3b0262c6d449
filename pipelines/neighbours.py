"""Other programs of this machine that hold the GPU's memory, and give it back when asked: a local Ollama."""

from __future__ import annotations

import ipaddress
import logging
import os
from urllib.parse import urlsplit

import httpx

log = logging.getLogger(__name__)
OLLAMA = "http://127.0.0.1:11434"


def let_go(within_s: float = 5) -> bool:
    """Ask the LLM server of this machine to unload its models; says whether it had any. They come back when they are
    next asked something. Ollama's API: /api/ps lists what is loaded, `keep_alive: 0` unloads it."""
    url = (os.environ.get("STUDIO_LLM_URL") or OLLAMA).removesuffix("/").removesuffix("/v1")
    if not on_this_machine(url):
        return False
    try:
        with httpx.Client(base_url=url, timeout=within_s, trust_env=False) as server:
            loaded = [found["name"] for found in server.get("/api/ps").raise_for_status().json()["models"]]
            for name in loaded:
                server.post("/api/generate", json={"model": name, "keep_alive": 0}).raise_for_status()
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return False
    if loaded:
        log.info("%s made room on the device: %s", url, ", ".join(loaded))
    return bool(loaded)


def on_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
