"""The tokens keep their promise: words can be read by day and by night, and colours are said in one place."""

from __future__ import annotations

import re

import pytest

from studio.ui.look import STATIC, look, modules

BLOCK = re.compile(r"(:root|\.dark)\s*{([^}]*)}")
GROUNDS = ("ground", "panel", "raised")
WORDS = ("text", "muted", "lamp", "picture", "video", "narration", "music", "sound", "title", "good", "warn", "bad")


def tokens(theme: str) -> dict[str, str]:
    found = dict[str, str]()
    for selector, body in BLOCK.findall((STATIC / "tokens.css").read_text()):
        if selector == ":root" or theme == "dark":
            found |= dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6});", body))
    return found


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("word", WORDS)
def test_words_can_be_read_on_every_surface(theme, ground, word):
    known = tokens(theme)
    assert contrast(known[word], known[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_lamp_can_be_read_on_and_the_stage_too(theme):
    known = tokens(theme)
    assert contrast(known["on-lamp"], known["lamp"]) >= 4.5
    assert contrast(known["on-lamp"], known["lamp-lit"]) >= 4.5
    assert contrast(known["text"], known["lamp-soft"]) >= 4.5
    assert contrast(known["on-stage-muted"], known["stage"]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_controls_stand_out(theme):
    known = tokens(theme)
    assert all(contrast(known["edge"], known[ground]) >= 3 for ground in ("ground", "panel"))


def test_night_says_every_colour_that_day_does_or_shares_it_knowingly():
    night = dict(re.findall(r"--([\w-]+):\s*(#\w+);", BLOCK.findall((STATIC / "tokens.css").read_text())[1][1]))
    shared = set(tokens("light")) - set(night)
    assert shared == {"on-stage", "on-stage-muted"}


def test_the_theme_is_drawn_from_tokens_alone():
    theme = look()["theme"]
    drawn = [value for name, value in vars(theme).items() if "button_primary" in name or "body_" in name]
    assert not [value for value in drawn if isinstance(value, str) and re.search(r"#[0-9a-fA-F]{3,8}\b", value)]
    known = set(tokens("dark")) | {"motion"}
    named = {name for value in vars(theme).values() for name in re.findall(r"var\(--([\w-]+)\)", str(value))}
    assert named <= known, named - known


def test_a_page_is_given_every_sheet_and_script_and_all_of_them_are_ours():
    head = look()["head"]
    assert all(f"/ui/static/{path.name}" in head for path in STATIC.glob("*.css"))
    assert all(f'src="{url}"' in head for url in modules())
    assert "://" not in head
    used = {name for path in STATIC.glob("*.css") for name in re.findall(r"var\(--([\w-]+)[,)]", path.read_text())}
    said = {name for path in STATIC.glob("*.css") for name in re.findall(r"--([\w-]+):", path.read_text())}
    scripted = {name for path in STATIC.glob("*.js") for name in re.findall(r'"--([\w-]+)"', path.read_text())}
    assert used <= said | scripted, used - said - scripted


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.[cj]s*")), ids=lambda path: path.name)
def test_nothing_served_to_the_browser_asks_for_anything_outside(path):
    outside = re.findall(r"https?://(?!www\.w3\.org/2000/svg)[^\s'\"`)]*", path.read_text())
    assert not outside
