"""What the restoring engine makes: better than nothing and than plain Lanczos, without a seam, in little memory, with
every moment in its place; and it goes on after a kill to the same bytes."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

import footage
from conftest import HOUSE
from footage import psnr, read, scene, ssim, write
from pipelines import catalogue
from pipelines.draft import restore as draft
from pipelines.faults import Cancelled, DiskFull, Invalid, Unsupported
from pipelines.restoring import advice, encode, keep, measure, sound, tiles
from pipelines.restoring.graph import Frame
from pipelines.restoring.options import sized
from studio.library.media import probe

FRAMES = 20


class Here:
    """Whoever runs the pipeline. Raises `Cancelled` once `stop_at` is said."""

    def __init__(self, folder: Path, stop_at: str = ""):
        self.workdir, self.cache, self.stop_at = folder / "work", folder / "cache", stop_at
        self.heard: list[tuple[float, str]] = []
        self.workdir.mkdir(parents=True, exist_ok=True)

    def progress(self, fraction: float, note: str = "") -> None:
        self.heard.append((fraction, note))
        if self.stop_at and self.stop_at in note:
            raise Cancelled


@pytest.fixture
def restore(tmp_path):
    """Restore a file by the draft model; what it told is kept on the function."""

    def restore(source: Path, context: Here | None = None, **options) -> Path:
        model = catalogue.find("draft-restore")
        pipeline = model.cls(model)
        restore.context = context or Here(tmp_path / "run")
        given = {"source": source, "size": "same", "quality": "best", "seed": 0, **options}
        found = [*pipeline.run(model.options(**given), restore.context)]
        restore.told = pipeline.told
        return found[0]

    return restore


@pytest.fixture(scope="module")
def known() -> np.ndarray:
    """A clip of fine texture, as a camera would have sampled it."""
    large = scene(FRAMES, 512, 384)
    return np.stack([cv2.resize(frame, (256, 192), interpolation=cv2.INTER_AREA) for frame in large])


@pytest.fixture(scope="module")
def truth(known, tmp_path_factory) -> np.ndarray:
    return read(write(tmp_path_factory.mktemp("known") / "known.mp4", known))[0]


# --- better than doing nothing --------------------------------------------------------------------------------------


def spoiled(frames: np.ndarray, how: str, folder: Path) -> Path:
    """The clip after years in a cellar."""
    if how == "noise":
        return write(folder / "noise.mp4", footage.noisy(frames, 12))
    if how == "blur":
        return write(folder / "blur.mp4", footage.blurred(frames, 1.4))
    if how == "blocks":
        return write(folder / "blocks.mpg", frames, "25", "-c:v", "mpeg2video", "-q:v", "16")
    frames = frames.copy()
    for n in (4, 9, 10, 15):  # frames that were dropped, the one before shown again
        frames[n] = frames[n - 1]
    return write(folder / "dropped.mp4", frames)


@pytest.mark.parametrize(
    ("how", "decibels", "options"),
    [("noise", 5, {}), ("blur", 0.8, {}), ("blocks", 0.2, {}), ("dropped", 3, {"mend": True})],
)
def test_it_is_nearer_to_the_original_than_what_it_was_given(how, decibels, options, known, truth, restore, tmp_path):
    source = spoiled(known, how, tmp_path)
    before, after = read(source)[0], read(restore(source, **options))[0]
    assert len(after) == len(truth)
    assert psnr(after, truth) > psnr(before, truth) + decibels
    assert ssim(after, truth) > ssim(before, truth)


def test_enlarged_it_is_nearer_than_by_lanczos(known, truth, restore, tmp_path):
    small = write(tmp_path / "small.mp4", footage.halved(known))
    lanczos = [cv2.resize(f, (256, 192), interpolation=cv2.INTER_LANCZOS4).clip(16, 235) for f in read(small)[0]]
    grey = np.full((96, 128), 128, np.uint8)
    frames = [Frame(n, (np.rint(luma).astype(np.uint8), grey, grey)) for n, luma in enumerate(lanczos)]
    encode.write(tmp_path / "lanczos.mp4", frames, size=(256, 192), deep=False, tick=Fraction(1, 25), rate=Fraction(25),
                 tags={}, quality="best", form="mp4", ahead_s=0)  # fmt: skip
    made, fair = read(restore(small, size="2x"))[0], read(tmp_path / "lanczos.mp4")[0]
    assert psnr(made, truth) > psnr(fair, truth) + 0.5
    assert ssim(made, truth) > ssim(fair, truth)


def test_whole_frames_are_made_of_half_ones(restore, tmp_path):
    fields = scene(2 * FRAMES)
    source = write(tmp_path / "woven.mp4", footage.woven(fields))
    every, half = (read(write(tmp_path / f"{n}.mp4", fields[::n]))[0] for n in (1, 2))
    frames = read(restore(source))[0]
    assert restore.told["report"]["cadence"] == "interlaced"
    assert psnr(frames, half) > psnr(read(source)[0], half) + 6
    doubled, times = read(restore(source, Here(tmp_path / "fields"), deinterlace="fields"))
    assert len(doubled) == len(every)
    assert {*np.diff(times)} == {Fraction(1, 50)}
    assert psnr(doubled, every) > psnr(np.repeat(read(source)[0], 2, 0), every) + 6


def test_film_comes_back_out_of_video(restore, tmp_path):
    film = scene(32)
    source = write(tmp_path / "pulled.mp4", footage.pulled_down(film), "30000/1001")
    frames, times = read(restore(source))
    assert restore.told["used"]["deinterlace"] == "film"
    assert len(frames) == len(film)
    assert float(times[-1]) == pytest.approx(31 * 1001 / 24000, abs=1e-3)
    assert psnr(frames, read(write(tmp_path / "film.mp4", film))[0]) > 44


def test_frames_between_are_nearer_than_repeated_ones(restore, tmp_path):
    film = scene(2 * FRAMES)
    source = write(tmp_path / "half.mp4", film[::2], "30")
    every = read(write(tmp_path / "every.mp4", film, "60"))[0]
    made, times = read(restore(source, fps="60"))
    assert len(made) in (len(every) - 1, len(every))
    assert max(abs(float(at) - n / 60) for n, at in enumerate(times)) < 1e-4
    n = len(made)
    assert psnr(made, every[:n]) > psnr(np.repeat(read(source)[0], 2, 0)[:n], every[:n]) + 3


def test_a_shaking_camera_is_held_still(restore, tmp_path):
    rng = np.random.default_rng(5)
    still = scene(1, 320, 240)[0]
    shakes = rng.uniform(-4, 4, (30, 2))
    edge = cv2.BORDER_REFLECT
    shaken = np.stack([cv2.warpAffine(still, np.float32([[1, 0, x], [0, 1, y]]), (320, 240), borderMode=edge)
                       for x, y in shakes])  # fmt: skip
    source = write(tmp_path / "shaken.mp4", shaken)

    def restless(film: np.ndarray) -> float:
        steps = [cv2.phaseCorrelate(a[30:-30, 30:-30], b[30:-30, 30:-30])[0] for a, b in pairwise(film)]
        return float(np.abs(steps).mean())

    assert restless(read(restore(source, stabilise=1))[0]) < restless(read(source)[0]) / 3


# --- without a seam, in little memory, after a kill -----------------------------------------------------------------


@pytest.fixture
def in_pieces(monkeypatch):
    monkeypatch.setattr(draft.Filters, "chunk", 10)


def test_no_join_shows(known, truth, restore, tmp_path, monkeypatch):
    source = write(tmp_path / "noise.mp4", footage.noisy(known, 12))
    whole = read(restore(source))[0]
    monkeypatch.setattr(draft.Filters, "chunk", 5)
    pieces = read(restore(source, Here(tmp_path / "pieces")))[0]
    assert restore.context.heard[-2][0] < 1
    assert len([*{note.split(",")[0] for _, note in restore.context.heard if note.startswith("part")}]) == 4
    assert psnr(pieces, truth) > psnr(whole, truth) - 0.3
    joins = footage.flicker(pieces, truth)[[4, 9, 14]]
    assert joins.max() < footage.flicker(whole, truth).max() * 1.15 + 0.1


PROGRAM = """
import sys
from pathlib import Path
from pipelines import catalogue
from pipelines.draft import restore
restore.Filters.chunk = int(sys.argv[3])
class Here:
    workdir, cache = Path(sys.argv[2]) / "work", Path(sys.argv[2]) / "cache"
    def progress(self, fraction, note=""):
        print(note, flush=True)
Here.workdir.mkdir(parents=True, exist_ok=True)
model = catalogue.find("draft-restore")
options = model.options(source=Path(sys.argv[1]), seed=0, denoise=0.1, stabilise=float(sys.argv[4]))
print(*model.cls(model).run(options, Here()))
"""


def program(source: Path, folder: Path, chunk: int, stabilise: float = 0.5) -> list[str]:
    return [sys.executable, "-c", PROGRAM, str(source), str(folder), str(chunk), str(stabilise)]


def test_killed_it_goes_on_to_the_same_bytes(known, tmp_path):
    small = known[:, :96, :128]
    source = write(tmp_path / "long.mp4", np.concatenate([small, small[::-1]]), sound="sine=440:d=1.6")
    killed = subprocess.Popen(program(source, tmp_path / "killed", 10), cwd=HOUSE, stdout=subprocess.PIPE, text=True)
    for line in killed.stdout:
        if line.startswith("part 3"):
            killed.send_signal(signal.SIGKILL)
            break
    killed.wait()
    shutil.rmtree(tmp_path / "killed" / "work")
    again = subprocess.run(
        program(source, tmp_path / "killed", 10), cwd=HOUSE, capture_output=True, text=True, check=True
    )
    once = subprocess.run(program(source, tmp_path / "once", 10), cwd=HOUSE, capture_output=True, text=True, check=True)
    assert "2 were there already" in again.stdout
    made, other = (Path(run.stdout.splitlines()[-1]).read_bytes() for run in (again, once))
    assert made == other
    assert not [*(tmp_path / "killed" / "cache" / "restoring").glob("*/*")], "its chunks are gone once it is whole"


def test_memory_is_the_same_however_long_it_is(tmp_path):
    """The most that a process ever held, as the kernel counted it, for a clip and for one thirty times as long."""
    film, peaks = np.repeat(scene(10, 64, 48), 2, 0), {}
    peak = "print(*(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    if not Path("/proc/self/status").exists():
        pytest.skip("no /proc here")
    for name, times in (("short", 5), ("long", 150)):
        source = write(
            tmp_path / f"{name}.mp4", np.concatenate([film] * times), "25", "-c:v", "libx264", "-preset", "ultrafast"
        )
        run = program(source, tmp_path / name, 50, 0)
        run[2] = run[2].replace("denoise=0.1", "denoise=0") + peak
        peaks[name] = int(subprocess.run(run, cwd=HOUSE, capture_output=True, text=True, check=True).stdout.split()[-1])
    assert peaks["long"] < peaks["short"] + 20_000


def test_a_cancel_is_heard_and_leaves_its_chunks(known, restore, in_pieces, tmp_path):
    source = write(tmp_path / "known.mp4", known)
    with pytest.raises(Cancelled):
        restore(source, Here(tmp_path / "run", stop_at="part 2"))
    restore(source, Here(tmp_path / "run"))
    notes = [note for _, note in restore.context.heard]
    assert any("1 were there already" in note for note in notes)
    fractions = [fraction for fraction, _ in restore.context.heard]
    assert fractions == sorted(fractions)


def test_a_full_disk_is_told_before_anything_is_done(known, restore, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 2**20))
    with pytest.raises(DiskFull, match="GB"):
        restore(write(tmp_path / "known.mp4", known))


def test_what_nobody_goes_on_with_is_tidied_away(tmp_path):
    context = Here(tmp_path)
    with keep.kept(context, "a") as folder:
        (folder / "000000.nut").touch()
        with keep.kept(context, "a") as other:
            assert other != folder, "two never write in one folder"
        keep.tidy(folder.parent, older_than_s=-1)
        assert folder.exists(), "somebody is at it"
    keep.tidy(folder.parent, older_than_s=-1)
    assert not folder.exists()


# --- every kind of film, with its times -----------------------------------------------------------------------------


def test_moments_stay_where_they_were(known, restore, in_pieces, tmp_path):
    steady = write(tmp_path / "cfr.mp4", known, "25", "-c:v", "libx264", "-crf", "12")
    uneven = tmp_path / "vfr.mkv"
    footage_of(steady, uneven, "-vf", "select='not(between(n,3,5)+eq(n,11))',setpts=PTS+1.5/TB", "-fps_mode", "vfr")
    given, made = read(uneven)[1], read(restore(uneven))[1]
    assert len(made) == len(given) == 16
    assert np.abs(np.diff(np.array(made, float)) - np.diff(np.array(given, float))).max() < 1e-3


def test_sound_stays_with_the_picture(restore, in_pieces, tmp_path):
    """A flash and a click at the same moment, which the sound of either kind keeps within 10 ms."""
    frames = np.full((50, 96, 128, 3), 20, np.uint8)
    frames[30:33] = 235
    click = "aevalsrc='0.8*sin(2*PI*1500*t)*between(t,1.2,1.32)':s=48000:d=2"
    source = write(tmp_path / "click.mp4", frames, sound=click)
    for how in ("keep", "clean"):
        for options in ({}, {"from_s": 0.5, "duration_s": 1.2}):
            made = restore(source, Here(tmp_path / f"{how}{len(options)}"), sound=how, denoise=0, **options)
            assert abs(clicked(made) - flashed(made)) < 0.010 + 1e-6, (how, options)
    assert not probe(restore(source, Here(tmp_path / "none"), sound="none")).sound


def flashed(path: Path) -> float:
    lumas, times = read(path)
    return float(times[int(np.argmax(lumas.mean((1, 2)) > 100))])


def clicked(path: Path) -> float:
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        found = [(frame.pts * frame.time_base, np.abs(frame.to_ndarray()).max(0)) for frame in film.decode(stream)]
        for at, samples in found:
            loud = np.nonzero(samples > 0.2)[0]
            if len(loud):
                return float(at) + float(loud[0]) / stream.rate
    raise AssertionError("no click")


def footage_of(source: Path, out: Path, *arguments: str) -> Path:
    from pipelines import ffmpeg

    subprocess.run([ffmpeg.binary(), *ffmpeg.QUIET, "-i", str(source), *arguments, str(out)], check=True)
    return out


def test_a_turned_film_comes_out_upright(known, restore, tmp_path):
    flat = write(tmp_path / "flat.mp4", known[:6])
    turned = tmp_path / "turned.mp4"
    footage_of(flat, turned, "-c", "copy", "-metadata:s:v", "rotate=90")
    made = restore(turned)
    assert (probe(turned).width, probe(turned).height) == (probe(made).width, probe(made).height) == (192, 256)
    upright = np.rot90(read(flat)[0], {90: 1, 270: -1}[round(first(turned).rotation) % 360], (1, 2))
    assert psnr(read(made)[0], upright) > 40
    assert first(made).rotation == 0


def first(path: Path):
    with av.open(str(path)) as film:
        return next(film.decode(video=0))


def test_wide_pixels_become_square_and_odd_sides_even(known, restore, tmp_path):
    wide = write(tmp_path / "wide.mp4", known[:4, :, :180], "25", "-vf", "setsar=4/3")
    assert (probe(restore(wide)).width, probe(restore.context.workdir / "restored.mp4").height) == (240, 192)
    odd = write(tmp_path / "odd.mkv", known[:4, :191, :255], "25", "-c:v", "ffv1", "-pix_fmt", "yuv444p")
    found = probe(restore(odd, Here(tmp_path / "odd"), size="2x"))
    assert (found.width, found.height) == (510, 382)


def test_ten_bits_and_high_range_stay_what_they_are(known, restore, tmp_path):
    tags = ("-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc")
    deep = write(tmp_path / "deep.mp4", known[:8], "25", "-c:v", "libx265", "-x265-params", "log-level=1:lossless=1",
                 "-pix_fmt", "yuv420p10le", *tags)  # fmt: skip
    made = restore(deep)
    frame = first(made)
    assert frame.format.name == "yuv420p10le"
    assert (int(frame.colorspace), int(frame.color_primaries), int(frame.color_trc)) == (9, 9, 16)
    assert psnr(read(made)[0], read(deep)[0]) > 45


def test_a_trial_is_that_stretch_alone(known, restore, tmp_path):
    source = write(tmp_path / "known.mp4", known)
    trial = read(restore(source, from_s=0.2, duration_s=0.4))[0]
    assert len(trial) == 10
    assert psnr(trial, read(source)[0][5:15]) > 40
    with pytest.raises(Invalid, match=r"0\.80 s"):
        restore(source, Here(tmp_path / "late"), from_s=60)


def test_what_is_no_film_is_refused_in_words(restore, tmp_path):
    (tmp_path / "broken.mp4").write_bytes(b"\x00\x00\x00\x18ftypmp42" + bytes(64))
    with pytest.raises(Unsupported) as refused:
        restore(tmp_path / "broken.mp4")
    assert refused.value.advice


# --- pictures, the report, and smaller things -----------------------------------------------------------------------


def test_a_picture_is_restored_with_its_transparency(known, restore, tmp_path):
    clean = known[0]
    noisy = footage.noisy(clean[None], 14)[0]
    alpha = np.zeros(clean.shape[:2], np.uint8)
    alpha[:, :128] = 255
    Image.fromarray(np.dstack([noisy, alpha])).save(tmp_path / "noisy.png")
    made = np.asarray(Image.open(restore(tmp_path / "noisy.png")))
    assert made.shape == (192, 256, 4)
    colours = [np.moveaxis(image[..., :3].astype(float), 2, 0) for image in (made, noisy, clean)]
    assert psnr(colours[0], colours[2]) > psnr(colours[1], colours[2]) + 3
    assert made[96, 20, 3] == 255
    assert made[96, 240, 3] == 0


def test_the_report_finds_what_was_done_to_it(known, tmp_path):
    noise = [measure.film(write(tmp_path / f"n{s}.mp4", footage.noisy(known, s)))["noise"] for s in (0, 6, 12)]
    assert noise == sorted(noise)
    assert noise[2] == pytest.approx(12 * 0.574, rel=0.2)
    blocks = measure.film(spoiled(known, "blocks", tmp_path))
    assert blocks["blocking"] > 0.2 > measure.film(write(tmp_path / "k.mp4", known))["blocking"]
    soft = measure.film(spoiled(known, "blur", tmp_path))
    assert advice.suggested(soft)["sharpen"] > 0
    dropped = measure.film(spoiled(known, "dropped", tmp_path))
    assert advice.suggested(dropped)["mend"]
    assert {line["name"] for line in advice.findings(dropped) if line["state"] == "warn"} >= {"Repeated frames"}


def test_the_report_hears_clipping_and_loudness(tmp_path):
    frames = np.full((50, 64, 64, 3), 90, np.uint8)
    loud = write(tmp_path / "loud.mp4", frames, sound="aevalsrc='clip(4*sin(2*PI*220*t),-1,1)':s=48000:d=2")
    quiet = write(tmp_path / "quiet.mp4", frames, sound="aevalsrc='0.02*sin(2*PI*997*t)':s=48000:d=2")
    assert measure.film(loud)["sound_clipped"] > 0.03
    report = measure.film(quiet)
    assert report["loudness_lufs"] == pytest.approx(-37, abs=1.5)
    assert advice.suggested(report)["sound"] == "clean"


def test_clean_sound_is_less_noisy_and_at_its_loudness(restore, tmp_path):
    frames = np.full((75, 64, 64, 3), 90, np.uint8)
    tone = "aevalsrc='0.06*sin(2*PI*440*t)*between(mod(t,1),0,0.5)+0.004*(random(0)-0.5)':s=48000:d=3"
    source = write(tmp_path / "hiss.mp4", frames, sound=tone)
    made = restore(source, sound="clean")
    before, after = measure.film(source), measure.film(made)
    assert abs(after["loudness_lufs"] + 16) < 2 < abs(before["loudness_lufs"] + 16)
    assert after["loudness_lufs"] - after["noise_floor_db"] > before["loudness_lufs"] - before["noise_floor_db"] + 3
    assert sound.codec_of(made) == "aac"


def test_tiles_make_the_same_as_the_whole():
    image = scene(1, 150, 100)[0]

    def twice(tile: np.ndarray) -> np.ndarray:
        return np.repeat(np.repeat(tile, 2, 0), 2, 1)

    made = tiles.tiled(image, 64, 2, twice, lambda: None)
    assert np.array_equal(made, np.repeat(np.repeat(image, 2, 0), 2, 1))


@pytest.mark.parametrize(
    ("seen", "size", "made"),
    [((640, 480), "1080p", (1440, 1080)), ((480, 640), "720p", (720, 960)), ((3840, 2160), "4x", (8192, 4608)),
     ((321, 241), "same", (320, 240))],
)  # fmt: skip
def test_a_size_keeps_the_shape(seen, size, made):
    assert sized(seen, size) == made
