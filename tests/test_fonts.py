"""Words of every script that the studio brings a font for are set in it, and letters without a font are told of."""

import numpy as np
import pytest
from PIL import Image, features

from studio.timeline.export.export import export
from studio.timeline.export.presets import ExportSettings
from studio.timeline.model import Timeline
from studio.timeline.paint.fonts import FACES, OWN, Type, cure, face_for, joined_up, lacking, letters

SAID = {"Arabic": "مرحبا بالعالم", "Hebrew": "שלום עולם", "Devanagari": "नमस्ते दुनिया", "Thai": "สวัสดีชาวโลก"}


def drawn(text, face="regular", size=40):
    kind = Type(face, size)
    mask = Image.new("L", (int(kind.width(text)) + 40, kind.line + 40), 0)
    kind.draw(mask, 20, 20, text)
    return np.asarray(mask)


@pytest.mark.parametrize("script", SAID)
@pytest.mark.parametrize(("face", "weight"), [("regular", "Regular"), ("italic", "Regular"), ("semibold", "Bold")])
def test_a_script_has_a_font_of_the_studios_own_in_a_like_weight(script, face, weight):
    fonts = {face_for(c, face) for c in SAID[script] if not c.isspace()}
    assert fonts == {OWN / f"NotoSans{script}-{weight}.ttf"}
    assert lacking([SAID[script]]) == []
    heavy, light = (drawn(SAID[script], one).mean() for one in ("semibold", "regular"))
    assert heavy > light > 0


@pytest.mark.skipif(not features.check("raqm"), reason="this Pillow cannot shape")
@pytest.mark.parametrize("script", ["Arabic", "Devanagari"])
def test_letters_join_their_neighbours(script):
    text = SAID[script].split()[0]
    assert all(joined_up(c) for c in text)
    assert Type("regular", 40).width(text) < 0.95 * sum(Type("regular", 40).width(c) for c in text)


@pytest.mark.skipif(not features.check("raqm"), reason="this Pillow cannot shape")
def test_a_passage_to_the_left_inside_a_line_to_the_right_is_put_in_its_own_order():
    kind = Type("regular", 40)
    first, second = SAID["Hebrew"].split()
    line = drawn(f"A {first} {second} B")
    at = 20 + int(kind.width("A "))
    start = line[:, at : at + int(kind.width(second))]
    alone = drawn(second)[:, 20 : 20 + start.shape[1]]
    other = drawn(first)[:, 20 : 20 + start.shape[1]]
    width = min(alone.shape[1], other.shape[1])
    off = [np.abs(start[:, :width].astype(int) - given[:, :width]).mean() for given in (alone, other)]
    assert off[0] < off[1], "its second word comes first from the left"


def test_letters_without_a_font_are_named_in_the_report(tmp_path):
    odd = "\U00012000"
    rows = [{"kind": "video", "items": [{"type": "title", "text": f"Ur {odd}", "frames": 5}]}]
    film = Timeline.parse({"version": 1, "width": 64, "height": 36, "loudness_lufs": None, "tracks": rows})
    report = export(film, {}, tmp_path / "f.mp4", workdir=tmp_path / "w", settings=ExportSettings(preset="preview"))
    somewhere = any(ord(odd) in letters(path) for path in {face_for(odd, face) for face in FACES})
    assert lacking([f"Ur {odd}"]) == ([] if somewhere else [odd])
    assert any(odd in note and "fonts-noto" in note for note in report.notes) is not somewhere
    assert "fonts-noto-cjk" in cure(["語"])
    assert "cjk" not in cure([odd])
