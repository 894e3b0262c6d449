"""What an export can be: codecs, ranges, stills, presets, chapters, sound alone; looked at with PyAV and Pillow."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from conftest import HOUSE
from studio.timeline.export import check, hardware
from studio.timeline.export.check import CheckFailed
from studio.timeline.export.codecs import CODECS, WrongContainer
from studio.timeline.export.export import EmptyFilm, export
from studio.timeline.export.presets import ExportSettings
from studio.timeline.model import Timeline
from studio.types import Asset
from test_export import H, W, barcode, number, record, shoot, tone, watch


@pytest.fixture(scope="module")
def media(tmp_path_factory):
    folder, found = tmp_path_factory.mktemp("media"), {}
    shoot(folder / "count.mp4", [barcode(n) for n in range(120)], colorspace=1, color_range=1)
    record(folder / "a440.wav", tone(440, 4))
    glass = np.zeros((H, W, 4), np.uint8)
    glass[:, : W // 2] = (200, 30, 30, 128)
    Image.fromarray(glass).save(folder / "glass.png")
    for name, kind in (("count.mp4", "video"), ("a440.wav", "audio"), ("glass.png", "image")):
        length = {} if kind == "image" else {"duration_s": 4.0}
        found[name] = Asset(id=name, kind=kind, name=name, mime="", bytes=1, path=folder / name, **length)
    return found


def film(*items, **rest):
    sound = {"kind": "audio", "items": [{"type": "clip", "asset": "a440.wav", "frames": 90}]}
    rows = [{"kind": "video", "items": list(items) or [clip(90)]}, sound]
    return Timeline.parse({"version": 1, "width": W, "height": H, "loudness_lufs": None, "tracks": rows} | rest)


def clip(frames, asset="count.mp4", **rest):
    return {"type": "clip", "asset": asset, "frames": frames, **rest}


@pytest.fixture
def make(media, tmp_path):
    def run(name, timeline=None, **settings):
        return export(
            timeline or film(), media, tmp_path / name, workdir=tmp_path / "work", cache=tmp_path / "cache",
            settings=ExportSettings(**settings),
        )  # fmt: skip

    return run


@pytest.mark.parametrize(
    ("codec", "name", "canonical", "pixels"),
    [
        ("hevc", "f.mp4", "hevc", "yuv420p"),
        ("hevc", "f.mkv", "hevc", "yuv420p"),
        ("av1", "f.mp4", "av1", "yuv420p"),
        ("av1", "f.webm", "av1", "yuv420p"),
        ("prores", "f.mov", "prores", "yuv422p10le"),
        ("dnxhr", "f.mov", "dnxhd", "yuv422p"),
    ],
)
def test_every_codec_holds_the_frames_that_were_asked_for(make, codec, name, canonical, pixels):
    report = make(name, film(clip(36), clip(36, **{"in": 60})), codec=codec, encoder="software", preset="small")
    with av.open(str(report.path)) as container:
        context = container.streams.video[0].codec_context
        assert (context.codec.canonical_name, context.pix_fmt) == (canonical, pixels)
        shown = [number(frame.to_ndarray(format="gray")) for frame in container.decode(video=0)]
    assert shown[:72] == [*range(36), *range(60, 96)]
    assert report.codec == CODECS[codec].title


def test_colours_lie_where_they_should_at_heights_without_a_quarter(make, media, tmp_path):
    """270 lines are 135 of chroma: red above, blue below, to the line."""
    picture = np.zeros((H, W, 3), np.uint8)
    picture[: H // 2], picture[H // 2 :] = (200, 30, 30), (30, 30, 200)
    Image.fromarray(picture).save(tmp_path / "flag.png")
    flag = Asset(id="flag", kind="image", name="flag.png", mime="", bytes=1, path=tmp_path / "flag.png")
    tall = film(clip(30, asset="flag", fit="stretch"), height=H + 2)
    assert (H + 2) % 4 == 2
    export(tall, {**media, "flag": flag}, tmp_path / "flag.mp4", workdir=tmp_path / "work")
    with av.open(str(tmp_path / "flag.mp4")) as container:
        shown = next(container.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    for row, colour in (
        (4, (200, 30, 30)),
        (H // 2 - 4, (200, 30, 30)),
        (H // 2 + 6, (30, 30, 200)),
        (H - 4, (30, 30, 200)),
    ):
        assert np.abs(shown[row].mean(0) - colour).max() < 12


def test_the_same_film_made_again_is_the_same_bytes(media, tmp_path):
    """From nothing each time, and several hands at once each time."""
    noise = np.random.default_rng(5).integers(0, 255, (48, H, W), np.uint8)
    shoot(tmp_path / "noise.mp4", [np.repeat(frame[..., None], 3, 2) for frame in noise], colorspace=1, color_range=1)
    grain = Asset(id="noise", kind="video", name="", mime="", bytes=1, path=tmp_path / "noise.mp4", duration_s=1.6)
    timeline = film(*[clip(32, asset="noise", speed=f"{n}/4") for n in (2, 3, 4, 5, 6)])
    made = set()
    for n in range(3):
        export(timeline, {**media, "noise": grain}, tmp_path / f"{n}.mp4", workdir=tmp_path / f"work-{n}")
        made.add((tmp_path / f"{n}.mp4").read_bytes())
    assert len(made) == 1


def test_hevc_in_mp4_carries_the_tag_that_players_look_for(make):
    data = make("f.mp4", codec="hevc", encoder="software", preset="small").path.read_bytes()
    assert b"hvc1" in data
    assert b"hev1" not in data


def test_prores_4444_is_clear_where_nothing_lies(make):
    glass = clip(4, "glass.png")
    report = make("f.mov", film(glass), codec="prores-4444")
    with av.open(str(report.path)) as container:
        frame = next(container.decode(video=0)).reformat(format="rgba").to_ndarray().astype(int)
    assert frame[H // 2, W // 4, 3] == pytest.approx(128, abs=3)
    assert frame[H // 2, W // 4, :3] == pytest.approx((200, 30, 30), abs=12)
    assert frame[H // 2, 3 * W // 4, 3] == 0


def test_a_codec_is_refused_by_a_file_that_cannot_hold_it(make):
    with pytest.raises(WrongContainer) as raised:
        make("f.webm", codec="h264")
    assert "mp4" in raised.value.advice


@pytest.mark.parametrize(("begin", "end"), [(20, 50), ("0.6666s", "1.66666s")])
def test_a_range_is_exported_to_the_frame_with_its_own_sound(make, begin, end):
    report = make("f.mp4", **{"from": begin, "to": end})
    assert [number(image) for image in watch(report.path)[0]] == list(range(20, 50))
    assert (report.frames, report.seconds) == (30, 1.0)
    with av.open(str(report.path)) as container:
        assert container.duration == pytest.approx(1_000_000, abs=30_000)


def test_the_sound_of_a_range_begins_where_the_range_does(make):
    whole, part = (
        samples(make(name, **some).path) for name, some in (("a.wav", {}), ("b.wav", {"from": 30, "to": 60}))
    )
    assert len(part) == 48000
    assert np.abs(part.astype(int) - whole[48000:96000]).max() <= 3  # the dither differs


def samples(path):
    with av.open(str(path)) as container:
        return np.concatenate([f.to_ndarray().reshape(-1, 2) for f in container.decode(audio=0)])


def test_a_range_beyond_the_end_and_a_backward_one_are_refused(make):
    with pytest.raises(EmptyFilm):
        make("f.mp4", **{"from": 500})
    with pytest.raises(ValueError, match="must come after"):
        ExportSettings(**{"from": 50, "to": 20})
    with pytest.raises(ValueError, match=r"12\.5s"):
        ExportSettings(**{"from": "soon"})


@pytest.mark.parametrize("suffix", ["png", "jpg", "webp", "jpeg"])
def test_a_still_is_the_frame_asked_for(make, suffix):
    report = make(f"f.{suffix}", at="1.5s")
    with Image.open(report.path) as image:
        assert image.size == (W, H)
        assert number(np.asarray(image.convert("L"))) == 45


def test_a_poster_comes_beside_the_film(make, tmp_path):
    report = make("f.mp4", poster=33)
    assert report.extras == (tmp_path / "f-poster.jpg",)
    with Image.open(report.extras[0]) as image:
        assert number(np.asarray(image.convert("L"))) == 33


@pytest.mark.parametrize(("name", "kind"), [("f.mp3", "mp3"), ("f.flac", "flac"), ("f.m4a", "aac"), ("f.ogg", "opus")])
def test_sound_alone_in_the_usual_kinds(make, name, kind):
    report = make(name)
    with av.open(str(report.path)) as container:
        assert container.streams.audio[0].codec_context.codec.canonical_name == kind
        assert not container.streams.video
        found = [f.to_ndarray() for f in container.decode(audio=0)]
    scale = 32768 if found[0].dtype == np.int16 else 1
    flat = np.concatenate([part.reshape(-1) if len(part) == 1 else part.T.reshape(-1) for part in found]) / scale
    assert len(flat) / 2 / 48000 == pytest.approx(3, abs=0.05)
    assert np.sqrt((flat[9600:-9600] ** 2).mean()) == pytest.approx(0.25 / 2**0.5, rel=0.05)


@pytest.mark.parametrize("frames", [45, 63, 77])
@pytest.mark.parametrize("name", ["f.m4a", "f.mp3", "f.ogg", "f.wav"])
def test_sound_alone_of_any_length_passes_its_own_check(make, name, frames):
    sound = {"kind": "audio", "items": [{"type": "clip", "asset": "a440.wav", "frames": frames}]}
    assert make(name, film(tracks=[sound])).seconds == pytest.approx(frames / 30)


def test_a_piece_is_refused_when_its_first_picture_is_damaged_or_one_is_missing(make, tmp_path):
    path = make("f.mp4").path
    check.piece(path, 90)
    with pytest.raises(CheckFailed, match="90 frames instead of 91"):
        check.piece(path, 91)
    with av.open(str(path)) as container:
        first = next(container.demux(video=0))
    data = bytearray(path.read_bytes())
    at = data.index(bytes(first)) + first.size // 2
    data[at : at + first.size // 2] = bytes(first.size // 2)
    path.write_bytes(data)
    with pytest.raises(CheckFailed):
        check.piece(path, 90)


@pytest.mark.parametrize(
    ("preset", "size"), [("youtube-1080p", (1920, 1080)), ("shorts", (1080, 1920)), ("square", (1080, 1080))]
)
def test_presets_give_the_size_that_their_place_wants(make, preset, size):
    report = make("f.png", preset=preset)
    with Image.open(report.path) as image:
        assert image.size == size


def test_markers_become_chapters_that_cover_the_film(make):
    marks = [{"frame": 60, "name": "Harbour"}, {"frame": 30, "name": ""}]
    for name in ("f.mp4", "f.mkv"):
        report = make(name, film(markers=marks, title="Sea"))
        with av.open(str(report.path)) as container:
            found = container.chapters()
            assert len(container.streams.video) == 1
        told = [(float(c["start"] * c["time_base"]), c["metadata"]["title"]) for c in found]
        assert told == [(0, "Sea"), (1, "Chapter 2"), (2, "Harbour")]
        assert float(found[-1]["end"] * found[-1]["time_base"]) == pytest.approx(3, abs=0.05)
        assert report.chapters == 3
    part = make("g.mp4", film(markers=marks), **{"from": 60})
    with av.open(str(part.path)) as container:
        assert [c["metadata"]["title"] for c in container.chapters()] == ["Harbour"]


def test_a_chip_that_no_test_encode_proves_is_not_used_and_the_report_says_so(make, monkeypatch):
    absent = hardware.Chip("Nobody's", "of_nobody", (), ())
    monkeypatch.setattr(hardware, "CHIPS", (absent,))
    report = make("f.mp4", encoder="hardware")
    assert report.encoder == "libx264"
    assert "software" in report.notes[0]


def test_an_encoder_that_only_the_program_reaches_makes_the_same_film(media, tmp_path):
    """The way to a chip, walked with an encoder that every machine has."""
    from studio.timeline.export.codecs import Coding, Spec

    tool = ((), ("-preset", "ultrafast", "-qp", "18", "-pix_fmt", "yuv420p", "-bf", "0"))
    spec = Spec(W, H, Fraction(30), Coding("libx264", "yuv420p", (), "mp4", alone=True, tool=tool))
    assert hardware.proven(spec)
    assert not hardware.proven(spec._replace(coding=spec.coding._replace(encoder="nobody")))


def test_an_export_killed_in_mid_film_goes_on_from_its_finished_pieces(media, tmp_path):
    timeline = film(*(clip(30, **{"in": n}) for n in range(0, 90, 10)), clip(30, "glass.png"))
    script = textwrap.dedent("""
        import sys, time
        from pathlib import Path
        from studio.timeline.export.export import export
        from studio.timeline.model import Timeline
        from studio.timeline.export.presets import ExportSettings
        from studio.types import Asset
        folder = Path(sys.argv[1])
        facts = {"mime": "", "bytes": 1, "duration_s": 4.0}
        media = {p.name: Asset(id=p.name, kind=k, name=p.name, path=p, **facts)
                 for p, k in ((Path(sys.argv[2]) / n, k) for n, k in
                 (("count.mp4", "video"), ("a440.wav", "audio"), ("glass.png", "image")))}
        def progress(fraction, note):
            if any((folder / "cache").glob("[!.]*-*.mp4")):
                print("some", flush=True)
                time.sleep(60)  # whoever waits for this line ends us here
        export(Timeline.parse((folder / "t.json").read_text()), media, folder / "f.mp4", workdir=folder / "w",
               cache=folder / "cache", progress=progress)
    """)
    (tmp_path / "t.json").write_text(json.dumps(timeline.dump()))
    where = str(media["count.mp4"].path.parent)
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), where], cwd=HOUSE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"some\n"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    kept = len(list((tmp_path / "cache").glob("[!.]*-*.mp4")))
    assert kept >= 1
    assert not (tmp_path / "f.mp4").exists()
    report = export(timeline, media, tmp_path / "f.mp4", workdir=tmp_path / "w", cache=tmp_path / "cache")
    assert report.made == report.pieces - kept


@pytest.mark.timeout(900)
def test_the_bench_measures_its_film_and_finds_nothing_broken():
    from studio.bench.export import run, table

    found = run(quick=True, peers=False)
    assert {"full", "edit_title", "edit_clip", "edit_music", "unchanged", "peers", "checks", "machine"} <= found.keys()
    assert not [name for name, kept in found["checks"].items() if not kept]
    assert len(table(found)) > 8
