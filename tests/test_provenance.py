"""The recipe goes into the file and comes back out of it, and the media stays as it was."""

import hashlib
import io
import json
import struct
import subprocess
import zlib

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from pipelines.ffmpeg import binary
from studio.library import provenance
from studio.library.media import probe
from studio.types import Recipe

RECIPE = Recipe(
    model="draft-image",
    revision="main",
    options={"prompt": 'Häfen "bei" Nacht --> <b>;=#\\ 漢字\n\x01', "seed": 7, "width": 512, "start": None, "x": 0.5},
)
LONG = Recipe(model="draft-speech", revision="main", options={"text": "wörter und " * 30_000, "seed": 1})
TONE = "-f lavfi -i testsrc=d=1:s=64x36:r=25 -f lavfi -i sine=d=1"
CODECS = {
    "mp4": "-c:v libx264 -pix_fmt yuv420p -bf 2 -c:a aac",
    "mov": "-c:v libx264 -pix_fmt yuv420p -c:a aac",
    "mkv": "-c:v libx264 -pix_fmt yuv420p -c:a aac",
    "webm": "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus",
    "gif": "-an",
}
FORMS = [*CODECS, "wav", "flac", "mp3", "ogg", "opus", "m4a", "png", "jpg", "vtt"]


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plain")

    def plain(form):
        path = folder / f"take.{form}"
        if form == "vtt":
            path.write_text("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n")
        elif form in ("png", "jpg"):
            Image.radial_gradient("L").convert("RGB").save(path)
        elif not path.exists():
            command = [binary(), "-v", "error", *TONE.split(), *CODECS.get(form, "-vn").split(), path]
            subprocess.run(command, check=True)
        return path

    return plain


def shown(path):
    """What is seen and heard, and when: a digest of every decoded frame."""
    if path.suffix == ".vtt":
        return path.read_text().partition("00:00:01")[2]
    if path.suffix in (".png", ".jpg"):
        return Image.open(path).tobytes()
    digest = hashlib.sha256()
    with av.open(str(path)) as container:
        for frame in container.decode(*(container.streams.video[:1] + container.streams.audio[:1])):
            digest.update(f"{float(frame.time):.3f}".encode() + bytes(frame.to_ndarray().tobytes()))
    return digest.hexdigest()


@pytest.mark.parametrize("recipe", [RECIPE, LONG], ids=["short", "long"])
@pytest.mark.parametrize("form", FORMS)
def test_a_recipe_goes_in_and_comes_out(plain, tmp_path, form, recipe):
    source, out = plain(form), tmp_path / f"out.{form}"
    assert provenance.read(source) is None
    assert provenance.write(source, f".{form}", recipe, out)
    assert provenance.read(out) == recipe


@pytest.mark.parametrize("form", FORMS)
def test_the_media_is_as_it_was(plain, tmp_path, form):
    out = tmp_path / f"out.{form}"
    provenance.write(plain(form), f".{form}", RECIPE, out)
    assert shown(out) == shown(plain(form))
    assert probe(out) == probe(plain(form))


@pytest.mark.parametrize("form", FORMS)
def test_the_same_recipe_makes_the_same_bytes_and_another_replaces_it(plain, tmp_path, form):
    first, again, other = (tmp_path / f"{n}.{form}" for n in range(3))
    provenance.write(plain(form), f".{form}", RECIPE, first)
    changed = RECIPE.model_copy(update={"revision": "other"})
    provenance.write(first, f".{form}", changed, other)
    assert provenance.read(other) == changed
    assert other.read_bytes().count(b'"homereel"') <= 1
    provenance.write(other, f".{form}", RECIPE, again)
    assert again.read_bytes() == first.read_bytes()


def test_a_recipes_words_do_not_end_a_webvtt_note(plain, tmp_path):
    provenance.write(plain("vtt"), ".vtt", RECIPE, tmp_path / "out.vtt")
    assert (tmp_path / "out.vtt").read_text().count("-->") == 1


def test_other_programs_see_it_where_they_look(plain, tmp_path):
    for form in ("mp4", "flac", "wav", "mov", "mp3"):
        provenance.write(plain(form), f".{form}", RECIPE, tmp_path / f"out.{form}")
        with av.open(str(tmp_path / f"out.{form}")) as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
        assert json.loads(tags["comment"])["model"] == "draft-image"
    provenance.write(plain("png"), ".png", RECIPE, tmp_path / "out.png")
    with Image.open(tmp_path / "out.png") as picture:
        assert json.loads(picture.text["homereel"])["options"]["seed"] == 7


def test_a_form_with_no_place_for_it_is_left_alone(tmp_path):
    (tmp_path / "a.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n")
    assert not provenance.write(tmp_path / "a.srt", ".srt", RECIPE, tmp_path / "b.srt")
    assert not (tmp_path / "b.srt").exists()


def png_with(said, compressed=False):
    notes = PngImagePlugin.PngInfo()
    notes.add_itxt("homereel", said, zip=compressed)
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG", pnginfo=notes)
    return out.getvalue()


@pytest.mark.parametrize(
    "said",
    [
        "",
        "not json",
        "[]",
        '{"homereel": 2, "model": "m", "revision": "r", "options": {}}',
        '{"homereel": 1, "model": "m", "revision": "r"}',
        '{"homereel": 1, "model": "m", "revision": "r", "options": []}',
        '{"homereel": 1, "model": "m", "revision": "r", "options": {}, "more": 1}',
        '{"homereel": 1, "model": ["m"], "revision": "r", "options": {}}',
        '{"homereel": 1, "model": "m", "revision": "r", "options": {"x": NaN}}',
        '{"homereel": 1, "model": "%s", "revision": "r", "options": {}}' % ("m" * 300),
        '{"homereel": 1, "model": "m", "revision": "r", "options": {"x": %s}}' % ("[" * 50_000),
        '{"homereel": 1, "model": "m", "revision": "r", "options": {"x": "%s"}}' % ("x" * (3 << 20)),
    ],
    ids=range(12),
)
def test_a_comment_made_to_harm_is_no_recipe(tmp_path, said):
    (tmp_path / "a.png").write_bytes(png_with(said))
    assert provenance.read(tmp_path / "a.png") is None


def test_a_comment_that_would_swell_is_not_unpacked(tmp_path):
    said = json.dumps({"homereel": 1, "model": "m", "revision": "r", "options": {"x": "x" * 10**6}})
    (tmp_path / "a.png").write_bytes(png_with(said, compressed=True))
    assert provenance.read(tmp_path / "a.png") is None


def test_lying_sizes_are_survived(plain, tmp_path):
    provenance.write(plain("png"), ".png", RECIPE, tmp_path / "a.png")
    whole = bytearray((tmp_path / "a.png").read_bytes())
    at = whole.index(b"iTXt") - 4
    for size in (0, 0xFFFFFFFF, 0x7FFFFFFF):
        whole[at : at + 4] = struct.pack(">I", size)
        (tmp_path / "a.png").write_bytes(whole)
        provenance.read(tmp_path / "a.png")
    assert zlib.crc32(whole)


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_any_bytes_can_be_read(tmp_path_factory, data):
    heads = [
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xfe",
        b"GIF89a",
        b"RIFF....WAVELIST",
        b"WEBVTT\n\nNOTE homereel ",
        b"",
    ]
    path = tmp_path_factory.getbasetemp() / "bytes"
    path.write_bytes(data.draw(st.sampled_from(heads)) + data.draw(st.binary(max_size=300)))
    assert provenance.read(path) is None
