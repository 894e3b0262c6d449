"""The documentation is true: its examples run, its links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from annotated_types import Ge, Gt, Le, Lt

from conftest import HOUSE
from pipelines import catalogue
from pipelines.draft.painting import words
from pipelines.draft.painting.camera import CAMERAS
from pipelines.draft.painting.styles import STYLES
from pipelines.draft.score.brief import INSTRUMENTS
from pipelines.draft.score.genres import GENRES
from pipelines.draft.sounds.table import SCENES, SOUNDS
from studio.cli import tables
from studio.timeline.values import CAPTION_STYLES, TITLE_STYLES, TRANSITIONS

PAGES = sorted([HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *(HOUSE / "docs").glob("*.md")])
MADE = {  # the pages whose examples run, and the files that they leave
    "README.md": set(),
    "api.md": {"lighthouse.png", "film.mp4", "split.json", "dusk.png", "voice.wav", "metrics.txt"},
    "openai.md": {"lighthouse.png", "voice.mp3", "shot.mp4"},
    "mcp.md": {"lighthouse.png"},
    "command-line.md": {"dusk.png", "shot.mp4", "takes"},
}
RUN = [page for page in PAGES if page.name in MADE]

TABS = sorted(tab.stem.removeprefix("tab_") for tab in (HOUSE / "studio" / "ui").glob("tab_*.py"))
OPTIONS = [(model, name) for model in catalogue.MODELS for name in model.cls.Options.model_fields]
NAMED = {
    "image": [*STYLES, *words.PLACES, *words.HOURS, *words.WEATHERS, *words.SEASONS, *words.MOODS, *words.SUBJECTS],
    "video": [*CAMERAS, *STYLES],
    "music": [*GENRES, *INSTRUMENTS],
    "sound": [*SOUNDS, *SCENES],
    "speech": ["[pause:1s]", "[voice:en-us]"],
    "models": [model.id for model in catalogue.MODELS],
}
ENDS = [(Ge, "ge"), (Gt, "gt"), (Le, "le"), (Lt, "lt")]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.M | re.S)


@pytest.fixture
def place(server, tmp_path):
    """Where the examples run: a folder with `studio` on the path, beside a running studio."""
    command = tmp_path / "bin" / "studio"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\nexec '{sys.executable}' -c 'from app import main; main()' \"$@\"\n")
    command.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(HOUSE),
        "STUDIO_HOME": str(server.home),
    }

    def run(*program, text):
        text = text.replace("127.0.0.1:7860", f"127.0.0.1:{server.port}")
        return subprocess.run([*program, text], cwd=tmp_path, env=environment, capture_output=True, text=True)

    run.folder = tmp_path
    return run


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.name)
def test_its_examples_run_and_make_what_they_say(place, page):
    programs = [("bash", "-euo", "pipefail", "-c")] if (shell := "\n".join(blocks(page, "bash"))) else []
    texts = [shell] if shell else []
    programs += [(sys.executable, "-c")] * len(python := blocks(page, "python"))
    for program, text in zip(programs, [*texts, *python], strict=True):
        done = place(*program, text=text)
        assert done.returncode == 0, done.stderr
    assert MADE[page.name] <= {path.name for path in place.folder.iterdir()}


def test_the_films_page_makes_its_film(place):
    done = place("bash", "-euo", "pipefail", "-c", text="\n".join(blocks(HOUSE / "docs" / "film.md", "bash")))
    assert done.returncode == 0, done.stderr
    assert (place.folder / "fox.mp4").stat().st_size > 50_000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_its_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert link.startswith("http") or (page.parent / link).exists(), link


def test_the_readme_shows_five_clients_in_five_short_snippets():
    """They are run above."""
    part = re.search(r"^## Five clients\n(.*?)^## ", (HOUSE / "README.md").read_text(), re.M | re.S)[1]
    snippets = re.findall(r"^```(?:bash|python)\n(.*?)^```", part, re.M | re.S)
    told = ["curl ", "gradio_client", "openai", "fal_client", "mcp.client"]
    assert [name for name, snippet in zip(told, snippets, strict=True) if name not in snippet] == []
    assert max(len(snippet.splitlines()) for snippet in snippets) < 15


def test_every_call_of_the_api_stands_in_a_page(server):
    def bare(address):
        return re.sub(r"\{[^}\s]*\}|\b[A-Z]+\b", "*", address)

    pages = bare("".join(page.read_text() for page in PAGES))
    with server.client() as client:
        calls = client.get("/api/v1/openapi.json").json()["paths"]
    assert [call for call in calls if bare(call.removeprefix("/api/v1")) not in pages] == []


def test_the_readme_shows_the_two_commands_and_a_screenshot():
    readme = (HOUSE / "README.md").read_text()
    assert "./setup.sh run" in readme
    assert "./setup.sh test" in readme
    assert re.search(r"!\[[^]]+\]\(docs/[^)]+\.(png|jpg|webp)\)", readme)


@pytest.mark.parametrize("name", tables.PAGES)
def test_its_table_of_models_is_the_catalogues(name):
    page = (HOUSE / name).read_text()
    assert tables.table() in tables.filled(page)
    assert tables.filled(page) == page, "make tables"


# --- the pages for people, one for each tab --------------------------------------------------------------------------


def page_of(tab: str) -> str:
    return (HOUSE / "docs" / f"{tab}.md").read_text()


def says(page: str, name: str) -> bool:
    """Whether the page names it, as a word or words of its own."""
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", page, re.I) is not None


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_has_its_page_and_the_readme_leads_there(tab):
    assert page_of(tab).startswith(f"# {tab.capitalize()}\n")
    assert f"(docs/{tab}.md)" in (HOUSE / "README.md").read_text()


@pytest.mark.parametrize(("model", "name"), OPTIONS, ids=lambda value: getattr(value, "id", value))
def test_every_option_stands_in_its_page_with_its_title_and_bounds(model, name):
    field = model.cls.Options.model_fields[name]
    bounds = [f"{getattr(mark, end)}" for mark in field.metadata for kind, end in ENDS if isinstance(mark, kind)]
    rows = [row for row in page_of(model.task).splitlines() if f"| **{field.title}** | `{name}` |" in row]
    assert any(all(says(row, bound) for bound in bounds) for row in rows), (rows, bounds)


@pytest.mark.parametrize("page", NAMED)
def test_every_word_of_the_tables_is_named_in_its_page(page):
    text = page_of(page)
    assert [name for name in NAMED[page] if not says(text, name)] == []


def test_the_timelines_page_names_every_key_style_and_transition():
    page = page_of("timeline")
    keys = (HOUSE / "studio" / "ui" / "timeline_view" / "keys.js").read_text()
    deeds = re.findall(r'^    \["[^"]+", "([^"]+)",', keys, re.M)
    assert len(deeds) > 20
    assert [deed for deed in deeds if deed not in page] == []
    spoken = [name.replace("-", " ") for name in (*TITLE_STYLES, *CAPTION_STYLES)]
    kinds = {name.split("-")[0] if name.split("-")[0] != "dip" else name.replace("-", " ") for name in TRANSITIONS}
    assert [name for name in [*spoken, *kinds] if not says(page, name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_its_pictures_are_small_and_no_path_is_a_machines_own(page):
    text = page.read_text()
    for link in re.findall(r"!\[[^]]*\]\(([^)]+)\)", text):
        assert (page.parent / link).stat().st_size < 400_000, link
    assert not re.search(r"(?<![\w.~])/(?:home|root|Users|tmp|work)/", text)


def test_the_pictures_of_the_documentation_are_used_and_small_together():
    images = sorted((HOUSE / "docs" / "images").iterdir())
    text = "".join(page.read_text() for page in PAGES)
    assert [image.name for image in images if f"images/{image.name}" not in text] == []
    assert sum(image.stat().st_size for image in images) < 2_500_000
