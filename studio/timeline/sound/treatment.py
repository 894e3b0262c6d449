"""What a clip's sound is put through: noise taken away, an equalizer, a compressor; one entry each in the tables.

Every preset is a row of ffmpeg's own filters, so that it streams and gives the same samples on every run.
"""

from __future__ import annotations

from studio.timeline.items import Sounding
from studio.timeline.values import COMPRESSORS, DENOISES, EQS

Filter = tuple[str, str]
FFT_DELAY = 1200
"""How many samples late `afftdn` answers at 48 kHz."""


def high_pass(hertz: float) -> Filter:
    return "highpass", f"f={hertz}:p=2"


def low_pass(hertz: float) -> Filter:
    return "lowpass", f"f={hertz}:p=2"


def bell(hertz: float, gain_db: float, q: float = 1) -> Filter:
    return "equalizer", f"f={hertz}:t=q:w={q}:g={gain_db}"


def low_shelf(hertz: float, gain_db: float) -> Filter:
    return "lowshelf", f"f={hertz}:t=q:w=0.707:g={gain_db}"


def high_shelf(hertz: float, gain_db: float) -> Filter:
    return "highshelf", f"f={hertz}:t=q:w=0.707:g={gain_db}"


def compressor(threshold_db: float, ratio: float, attack_ms: float, release_ms: float, makeup_db: float) -> Filter:
    level, makeup = 10 ** (threshold_db / 20), 10 ** (makeup_db / 20)
    times = f"attack={attack_ms}:release={release_ms}"
    return "acompressor", f"threshold={level:.6f}:ratio={ratio}:{times}:makeup={makeup:.6f}:knee=1:detection=peak"


def less_noise(floor_db: float, by_db: float) -> Filter:
    """What lies below the floor, band by band, taken down."""
    return "afftdn", f"nf={floor_db}:nr={by_db}"


EQ: dict[str, tuple[Filter, ...]] = {
    "voice": (high_pass(80), bell(250, -2.5), bell(3500, 3), high_shelf(9000, 1.5)),
    "warm": (low_shelf(220, 3), high_shelf(6000, -2.5)),
    "bright": (bell(3000, 1.5), high_shelf(7000, 4)),
    "full": (low_shelf(110, 5),),
    "bass-cut": (high_pass(120), high_pass(120)),
    "treble-cut": (low_pass(6000),),
    "telephone": (high_pass(300), high_pass(300), bell(1200, 3), low_pass(3400), low_pass(3400)),
}
COMPRESSOR: dict[str, Filter] = {
    "gentle": compressor(-20, 2, 20, 250, 2),
    "voice": compressor(-24, 3, 5, 120, 4),
    "strong": compressor(-30, 6, 3, 80, 9),
}
DENOISE: dict[str, Filter] = {"light": less_noise(-40, 10), "strong": less_noise(-32, 22)}
assert (set(EQ), set(COMPRESSOR), set(DENOISE)) == (set(EQS), set(COMPRESSORS), set(DENOISES))


def treatment(*whom: Sounding) -> tuple[list[Filter], int]:
    """The filters that a clip, and then its track, ask for, and by how many samples they are late."""
    steps: list[Filter] = []
    for one in whom:
        steps += [DENOISE[one.denoise]] if one.denoise else []
        steps += EQ[one.eq] if one.eq else ()
        steps += [COMPRESSOR[one.compressor]] if one.compressor else []
    return steps, FFT_DELAY * sum(name == "afftdn" for name, _ in steps)
