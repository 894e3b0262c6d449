"""Files say how they were made in the IPTC's words, the media untouched, and the same recipe still makes the same
bytes."""

from __future__ import annotations

import re
import subprocess
from typing import get_args

import av
import pytest
from PIL import Image

from pipelines.ffmpeg import binary
from studio.library import marks, provenance
from studio.library.media import probe
from studio.settings import Settings
from studio.timeline.model import Timeline
from test_conform import clip, film, row
from test_provenance import FORMS, RECIPE, plain, shown  # noqa: F401

SMALL = {"width": 256, "height": 256}
TRAINED = marks.CODES + "trainedAlgorithmicMedia"
MARK = re.compile(rb"newscodes/digitalsourcetype/(" + "|".join(get_args(marks.Origin)).encode() + rb")")


def said(path):
    return {found.decode() for found in MARK.findall(path.read_bytes())}


@pytest.mark.parametrize("form", [form for form in FORMS if form != "vtt"])
def test_every_form_carries_it_beside_the_recipe(plain, tmp_path, form):  # noqa: F811
    out, again = tmp_path / f"a.{form}", tmp_path / f"b.{form}"
    for path in (out, again):
        assert provenance.write(plain(form), f".{form}", RECIPE, path, "trainedAlgorithmicMedia")
    assert said(out) == {"trainedAlgorithmicMedia"}
    assert provenance.read(out) == RECIPE
    assert out.read_bytes() == again.read_bytes()
    assert shown(out) == shown(plain(form))
    assert probe(out) == probe(plain(form))
    if form not in ("png", "jpg"):
        command = [binary(), "-v", "error", "-xerror", "-i", str(out), "-f", "null", "-"]
        assert subprocess.run(command, capture_output=True, text=True).stderr == ""
    third = tmp_path / f"c.{form}"
    provenance.write(out, f".{form}", RECIPE, third)
    assert provenance.read(third) == RECIPE


def test_readers_of_each_form_find_it(plain, tmp_path):  # noqa: F811
    for form in ("png", "jpg", "mp3", "flac", "ogg"):
        provenance.write(plain(form), f".{form}", RECIPE, tmp_path / f"a.{form}", "trainedAlgorithmicMedia")
    for form in ("png", "jpg"):
        with Image.open(tmp_path / f"a.{form}") as picture:
            xmp = picture.info.get("xmp", picture.info.get("XML:com.adobe.xmp"))
        assert TRAINED in (xmp.decode() if isinstance(xmp, bytes) else xmp)
    for form in ("mp3", "flac", "ogg"):
        with av.open(str(tmp_path / f"a.{form}")) as container:
            found = {**container.metadata, **container.streams[0].metadata}
        assert {key.upper(): value for key, value in found.items()}[marks.TAG] == TRAINED


def test_a_take_and_a_film_say_it_and_the_setting_turns_it_off(studio, worker, make, home):
    picture = make("draft-image", prompt="a boat", seed=5, **SMALL)
    assert said(picture.path) == {"algorithmicMedia"}, "the draft models were trained on nothing"

    def exported(*items):
        job, _ = studio.export(timeline=Timeline.parse(film(row(*items))))
        while worker.run_next():
            pass
        return studio.queue.get(job.id).assets[0]

    made = exported(clip(picture, 10))
    assert said(made.path) == {"algorithmicMedia"}
    file = studio.library.tmp / "given.png"
    Image.new("RGB", (64, 64)).save(file)
    given = studio.library.add(file)
    assert said(exported(clip(picture, 10), clip(given, 5)).path) == {"compositeSynthetic"}
    assert said(exported(clip(given, 5)).path) == set(), "nothing in it was made here"
    (home / "settings.toml").write_text("content_credentials = false\n")
    assert not Settings.load(home).content_credentials
    assert said(make("draft-image", prompt="a boat", seed=6, **SMALL).path) == set()
    assert said(exported(clip(picture, 11)).path) == set()


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], None),
        ([None], None),
        (["algorithmicMedia", "trainedAlgorithmicMedia"], "trainedAlgorithmicMedia"),
        (["algorithmicMedia", None], "compositeSynthetic"),
        (["trainedAlgorithmicMedia", None], "compositeWithTrainedAlgorithmicMedia"),
        (["algorithmicallyEnhanced"], "compositeSynthetic"),
    ],
)
def test_a_film_is_what_its_files_are(parts, whole):
    assert marks.composed(parts) == whole
