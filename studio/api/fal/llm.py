"""fal's `any-llm`: a question to the language model that the studio has, or, where it has none, the little that can be
answered without: a title and a description for a project."""

from __future__ import annotations

import json
import re
from typing import Any

from pipelines import words
from pipelines.faults import Unavailable
from studio.api.fal.wishes import Wish, required
from studio.work.tasks import ASKED, question

IDS = ("fal-ai/any-llm", "fal-ai/any-llm/enterprise")
LONGEST = 100_000
FILLING = {"a", "about", "an", "and", "create", "film", "for", "generate", "in", "make", "me", "movie", "of", "short",
           "the", "video", "with", "write"}  # fmt: skip


class NoLanguageModel(Unavailable):
    """There is nobody to answer."""


def ask(said: dict[str, Any]) -> Wish:
    prompt, system = said.get("prompt"), said.get("system_prompt")
    if not isinstance(prompt, str) or not prompt.strip() or len(prompt) > LONGEST:
        raise required("prompt")
    system = system if isinstance(system, str) else ""
    if words.find() is not None:
        return Wish("text", ASKED, chore=question(prompt, system[:LONGEST]))
    if re.search(r"\btitle\b", f"{system} {prompt}", re.I) and re.search(
        r"\bdescription\b", f"{system} {prompt}", re.I
    ):
        said_plainly = json.dumps(titled(prompt), ensure_ascii=False)
        notes = ["There is no language model here: title and description are the prompt's own words."]
        return Wish("text", output={"output": said_plainly, "partial": False, "error": None}, notes=notes)
    raise NoLanguageModel(
        "There is no language model here.", "Start Ollama, or name an OpenAI-compatible endpoint in STUDIO_LLM_URL."
    )


def titled(prompt: str) -> dict[str, str]:
    """A project's title and description out of what it is about."""
    text = " ".join(prompt.split())
    telling = [word for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text) if word.lower() not in FILLING]
    title = " ".join(telling[:5]) or text[:40]
    return {"title": title[:1].upper() + title[1:], "description": text[:600]}
