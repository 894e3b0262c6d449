"""The library takes what it can read, by its content and not its name, and refuses the rest without harm."""

import json
import random
import struct
import subprocess
import time
import zipfile
import zlib

import pytest
from PIL import Image

from pipelines.faults import Fault, TooLarge, Unsupported
from pipelines.ffmpeg import binary
from studio.library.apart import looked_at
from studio.library.media import BrokenFile, Limits, UnsupportedFile, probe

BARS = ["-f", "lavfi", "-i", "testsrc=d=2:s=160x90:r=25", "-f", "lavfi", "-i", "sine=d=2:r=44100"]
H264 = "-c:v libx264 -pix_fmt yuv420p -preset ultrafast -c:a aac"
VP9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"
FILMS = {"mp4": H264, "mov": H264, "mkv": H264, "webm": VP9, "avi": "", "ts": "", "mpg": "", "flv": "", "gif": "-an"}
SOUNDS = {"wav": "", "mp3": "", "flac": "", "ogg": "", "opus": "", "m4a": "", "aac": "", "aiff": ""}
PICTURES = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "tiff": "TIFF", "bmp": "BMP", "gif": "GIF", "avif": "AVIF"}
TEXTS = {
    "srt": "1\n00:00:01,000 --> 00:00:02,000\nHello\n",
    "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n",
    "ass": "\ufeff[Script Info]\nTitle: x\n\n[Events]\n",
    "json": '{"version": 1, "title": "x", "tracks": []}',
    "mid": "MThd\0\0\0\6\0\0\0\1\0\x60MTrk\0\0\0\4\0\xff\x2f\0",
}


def ffmpeg(*arguments):
    command = [binary(), "-v", "error", "-y", *map(str, arguments)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A file of a form, made once: two seconds of 160x90 at 25 fps and a tone, or a picture of 160x90."""
    folder = tmp_path_factory.mktemp("made")

    def made(form, still=False):
        path = folder / f"{'still' if still else 'take'}.{form}"
        if path.exists():
            return path
        if still:
            Image.radial_gradient("L").resize((160, 90)).convert("RGB").save(path, PICTURES[form])
        elif form in TEXTS:
            path.write_bytes(TEXTS[form].encode("latin-1" if form == "mid" else "utf-8"))
        else:
            ffmpeg(*BARS, *(FILMS[form].split() if form in FILMS else ["-vn"]), path)
        return path

    return made


@pytest.mark.parametrize("form", FILMS)
def test_films_are_read(made, form):
    facts = probe(made(form))
    assert (facts.kind, facts.suffix, facts.width, facts.height) == ("video", f".{form}", 160, 90)
    assert facts.fps == pytest.approx(25)
    assert facts.duration_s == pytest.approx(2, abs=0.06)
    assert facts.sound is (form != "gif")


@pytest.mark.parametrize("form", SOUNDS)
def test_sounds_are_read(made, form):
    facts = probe(made(form))
    assert (facts.kind, facts.suffix, facts.width, facts.sound) == ("audio", f".{form}", None, True)
    assert facts.duration_s == pytest.approx(2, abs=0.08)


@pytest.mark.parametrize("form", PICTURES)
def test_pictures_are_read(made, form):
    facts = probe(made(form, still=True))
    assert (facts.kind, facts.suffix, facts.width, facts.height) == ("image", f".{form}", 160, 90)
    assert facts.duration_s is None


@pytest.mark.parametrize("form", TEXTS)
def test_captions_notes_and_projects_are_read(made, form):
    assert probe(made(form)).suffix == f".{form}"


def test_a_project_zip_is_one_by_what_it_holds(tmp_path):
    for name in ("timeline.json", "other.json"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(name, "{}")
    assert probe(tmp_path / "timeline.json").kind == "project"
    with pytest.raises(UnsupportedFile):
        probe(tmp_path / "other.json")


@pytest.mark.parametrize(("form", "posing"), [("wav", "png"), ("mp4", "jpg"), ("vtt", "mp4"), ("mp3", "")])
def test_the_content_counts_and_not_the_name(made, tmp_path, form, posing):
    path = tmp_path / f"take.{posing}"
    path.write_bytes(made(form).read_bytes())
    assert probe(path).suffix == f".{form}"


def test_pictures_and_films_are_measured_upright(made, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (90, 60)).save(tmp_path / "turned.jpg", exif=exif)
    assert (probe(tmp_path / "turned.jpg").width, probe(tmp_path / "turned.jpg").height) == (60, 90)
    film = bytearray(made("mp4").read_bytes())
    at = film.index(b"tkhd") + 4 + 40  # the track's matrix: a quarter turn
    film[at : at + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 90 << 16, 0, 1 << 30)
    (tmp_path / "turned.mp4").write_bytes(film)
    assert (probe(tmp_path / "turned.mp4").width, probe(tmp_path / "turned.mp4").height) == (90, 160)


def test_a_song_with_a_cover_is_a_song(made, tmp_path):
    ffmpeg("-i", made("mp3"), "-i", made("png", still=True), "-map", "0", "-map", "1", "-c", "copy",
           "-disposition:v", "attached_pic", tmp_path / "song.mp3")  # fmt: skip
    assert probe(tmp_path / "song.mp3").kind == "audio"


@pytest.mark.parametrize("form", ["mp4", "mov", "webm", "mkv", "flv", "flac", "m4a", "aiff"])
def test_a_file_cut_short_is_refused(made, tmp_path, form):
    whole = made(form).read_bytes()
    for share in (0.6, 0.1, 0.01):
        cut = tmp_path / f"cut.{form}"
        cut.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(Unsupported):
            probe(cut)


@pytest.mark.parametrize("form", ["png", "jpg", "webp", "bmp"])
def test_a_picture_cut_short_is_refused(made, tmp_path, form):
    whole = made(form, still=True).read_bytes()
    (tmp_path / "cut").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFile, match="damaged or cut short"):
        probe(tmp_path / "cut")


def test_a_film_that_starts_late_or_has_no_length_is_still_measured(made, tmp_path):
    ffmpeg("-i", made("webm"), "-c", "copy", "-output_ts_offset", "30", tmp_path / "late.webm")
    assert probe(tmp_path / "late.webm").duration_s == pytest.approx(2, abs=0.06)
    with (tmp_path / "live.webm").open("wb") as live:  # to a pipe no length can be written back
        subprocess.run([binary(), "-v", "error", "-i", made("webm"), "-c", "copy", "-f", "webm", "-"], stdout=live)
    assert probe(tmp_path / "live.webm").duration_s == pytest.approx(2, abs=0.06)


CANARY = "canary.txt"
LEADING_ELSEWHERE = {
    "playlist": "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{canary}\n#EXT-X-ENDLIST\n",
    "list": "ffconcat version 1.0\nfile '{canary}'\n",
    "session": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
    "manifest": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>{canary}</BaseURL></MPD>',
    "drawing": '<svg xmlns="http://www.w3.org/2000/svg"><image href="{canary}"/></svg>',
    "page": "<!doctype html><script>fetch('/')</script>",
    "script": "#!/bin/sh\nrm -rf /\n",
    "vector": "%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "paper": "%PDF-1.7\n",
    "json": '{"a": 1}',
    "deep": '{"version": 1, "tracks": ' + "[" * 100_000,
    "nothing": "",
    "words": "once upon a time",
}


@pytest.mark.parametrize("trick", LEADING_ELSEWHERE)
@pytest.mark.parametrize("name", ["film.mp4", "picture.png"])
def test_what_leads_elsewhere_or_is_no_media_is_refused(made, tmp_path, trick, name):
    (tmp_path / CANARY).write_bytes(made("ts").read_bytes())
    (tmp_path / name).write_text(LEADING_ELSEWHERE[trick].replace("{canary}", str(tmp_path / CANARY)))
    with pytest.raises(Unsupported):
        probe(tmp_path / name)


def test_a_quicktime_file_cannot_borrow_another_files_samples(made, tmp_path):
    """A data reference that names a path instead of `this same file`."""
    whole = made("mov").read_bytes()
    at = whole.index(b"url \x00\x00\x00\x01") - 4
    alias = b"\x00\x00\x00\x0curl \x00\x00\x00\x00"  # no longer self-contained
    (tmp_path / "borrowing.mov").write_bytes(whole[:at] + alias + whole[at + 12 :])
    with pytest.raises(Fault):
        probe(tmp_path / "borrowing.mov", Limits(bytes=1))
    (tmp_path / "target").write_bytes(b"secret")
    probe(tmp_path / "borrowing.mov")  # its own samples are all it is given


def png_header(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IHDR" + head
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
        + struct.pack(">I", len(pixels)) + b"IDAT" + pixels + struct.pack(">I", zlib.crc32(b"IDAT" + pixels))
    )  # fmt: skip


@pytest.mark.parametrize("side", [8001, 30_000, 2**31 - 1])
def test_a_picture_that_would_swell_is_refused_before_it_is_decoded(tmp_path, side):
    (tmp_path / "bomb.png").write_bytes(png_header(side, side))
    spent = time.process_time()
    with pytest.raises((TooLarge, BrokenFile)):
        probe(tmp_path / "bomb.png")
    assert time.process_time() - spent < 1


def test_limits_are_told_in_the_persons_terms(made):
    with pytest.raises(TooLarge, match="million pixels"):
        probe(made("png", still=True), Limits(pixels=1000))
    with pytest.raises(TooLarge, match="million pixels"):
        probe(made("mp4"), Limits(pixels=1000))
    for form in ("wav", "mp3", "webm"):
        with pytest.raises(TooLarge, match="hours"):
            probe(made(form), Limits(seconds=1))
    with pytest.raises(TooLarge, match="frames"):
        probe(made("gif"), Limits(gif_frames=10))
    with pytest.raises(TooLarge, match="larger than"):
        probe(made("mp4"), Limits(bytes=100))


@pytest.mark.filterwarnings("ignore")  # Pillow says what it thinks of such files
def test_damage_anywhere_is_a_refusal_or_a_file_and_never_more(made, tmp_path):
    """Bytes changed, lost and added in the heads of good files."""
    dice = random.Random(7)
    path = tmp_path / "hurt"
    sources = [made(form).read_bytes() for form in ("wav", "gif", "avi", "mid")]
    sources += [made(form, still=True).read_bytes() for form in ("png", "jpg", "tiff", "bmp")]
    for _ in range(25):
        for whole in sources:
            hurt = bytearray(whole[: dice.choice([200, 2000, 20000])])
            for _ in range(dice.choice([1, 4, 30])):
                hurt[dice.randrange(min(400, len(hurt)))] = dice.randrange(256)
            path.write_bytes(hurt)
            try:
                assert probe(path).mime
            except Fault as fault:
                assert fault.advice  # noqa: PT017


def test_a_strangers_file_is_looked_at_apart(made, tmp_path):
    for path in (made("mp4"), made("png", still=True)):
        assert looked_at(path, Limits()) == (probe(path), None)
    with pytest.raises(TooLarge, match="pixels"):
        looked_at(made("png", still=True), Limits(pixels=9))
    (tmp_path / "broken.mp4").write_bytes(made("mp4").read_bytes()[:999])
    with pytest.raises(Unsupported):
        looked_at(tmp_path / "broken.mp4", Limits())


def test_json_that_is_a_timeline_may_say_anything_else(tmp_path):
    (tmp_path / "p").write_text(json.dumps({"tracks": [], "version": 99, "x": "\u2028" * 9}))
    assert probe(tmp_path / "p").kind == "project"
