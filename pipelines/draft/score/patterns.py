"""The figures players know by heart, a bar in sixteenths each: who hits what, and when.

In every pattern `-` holds and `.` rests. Drums: `X` loud, `x` plain, `o` soft, `,` a ghost. Chords: `C` loud, `c` soft,
`1`-`5` the chord's notes from the bottom. Bass: `R` root, `5` fifth, `8` octave, `3` third, `w` a step on the way, `a`
what leads to the next bar. Tunes: `x` a note. A bar of three beats uses the first twelve of sixteen steps.
"""

from __future__ import annotations

from collections.abc import Iterator

KICK, SIDE, SNARE, CLAP, TOM_LOW, HAT, PEDAL, TOM, OPEN = 36, 37, 38, 39, 41, 42, 44, 47, 46
CRASH, TOM_HIGH, RIDE, TAMBOURINE, CONGA, SHAKER, TAIKO = 49, 50, 51, 54, 63, 70, 41

DRUMS: dict[str, dict[int, str]] = {
    "house": {
        KICK: "X...X...X...X...",
        CLAP: "....X.......X...",
        OPEN: "..x...x...x...x.",
        HAT: "o.,.o.,.o.,.o.,o",
        SHAKER: ",o,o,o,o,o,o,o,o",
    },
    "techno": {
        KICK: "X...X...X...X...",
        HAT: "..X...X...X...X.",
        SHAKER: "oo,ooo,ooo,ooo,o",
        SIDE: "...o..o....o....",
        CLAP: "............x...",
    },
    "trance": {KICK: "X...X...X...X...", CLAP: "....x.......x...", OPEN: "..X...X...X...X.", HAT: "o,oo,ooo,ooo,ooo"},
    "breaks": {KICK: "X.........X.....", SNARE: "....X..,.,..X..,", HAT: "x.x.x.x.x.x.x.x.", RIDE: "o...o...o...o..."},
    "rock": {KICK: "X.....x.X.x.....", SNARE: "....X.......X...", HAT: "x.o.x.o.x.o.x.o."},
    "metal": {KICK: "XxXxXxXxXxXxXxXx", SNARE: "....X.......X...", RIDE: "x...x...x...x...", OPEN: "........o......."},
    "pop": {
        KICK: "X.....x.X.......",
        SNARE: "....X.......X...",
        CLAP: "....o.......o...",
        HAT: "o.o.o.o.o.o.o.oo",
        SHAKER: ",,o,,,o,,,o,,,o,",
    },
    "disco": {
        KICK: "X...X...X...X...",
        SNARE: "....X.......X...",
        HAT: "x,.,x,.,x,.,x,.,",
        OPEN: "..X...X...X...X.",
        TAMBOURINE: "o,o,o,o,o,o,o,o,",
    },
    "lofi": {KICK: "X......x..x.....", SNARE: "....x.......x..,", HAT: "o.o.o.oo.o.o.o.o"},
    "boombap": {KICK: "X..x......X..x..", SNARE: "....X.......X...", HAT: "x.o.x.o.x.o.x.oo"},
    "funk": {KICK: "X.x...x...x..x..", SNARE: "....X..,.,..X..,", HAT: "xoxoxoxoxoxoxoxo", OPEN: "..............x."},
    "swing": {RIDE: "x...x.o.x...x.o.", PEDAL: "....x.......x...", KICK: ",...,...,...,...", SNARE: "......,.......,."},
    "shuffle": {
        RIDE: "x.o.x.o.x.o.x.o.",
        KICK: "X.......x.....o.",
        SNARE: "....X.......X.,.",
        PEDAL: "....o.......o...",
    },
    "bossa": {KICK: "x.....oox.....oo", SIDE: "x.....x.....x...", HAT: "o.o.o.o.o.o.o.o.", SHAKER: ",,o,,,o,,,o,,,o,"},
    "onedrop": {SIDE: "........X.......", KICK: "........X.......", HAT: "..x,..x,..x,..xo", OPEN: "..............o."},
    "train": {SNARE: "o,x,o,x,o,x,o,x,", KICK: "X.......X.......", HAT: "....o.......o..."},
    "march": {SNARE: "X..oX.X.X..oXooo", KICK: "X.......X.......", CRASH: "........o......."},
    "gated": {KICK: "X.......X.......", SNARE: "....X.......X...", HAT: "o.o.o.o.o.o.o.o.", TOM: "..............o."},
    "chip": {KICK: "X...x...X...x...", SNARE: "....X.......X...", HAT: "..x...x...x...x."},
    "epic": {TAIKO: "X.....x.X..x..x.", KICK: "X.......X.......", TOM: "....o..o....o.oo"},
    "timpani": {TAIKO: "x...........o.o.", CRASH: "................"},
    "bodhran": {TAIKO: "X..o.ox..o.o", TAMBOURINE: "......o....."},
    "ballad": {KICK: "X.......o.......", SNARE: "....o.......x...", HAT: "o.,.o.,.o.,.o.,."},
    "heartbeat": {KICK: "x..o............"},
    "waltz": {KICK: "x...........", HAT: "....o...o..."},
}
LIGHT = {HAT, SHAKER, RIDE, PEDAL, SIDE, TAMBOURINE}
FILLS = ("....SSSSHHMMLLLL", "........S.SSH.ML", "..S..S..H.HMM.LL", "............SSSS", "........SoSoSSSS")
FILL_VOICES = {"S": SNARE, "o": SNARE, "H": TOM_HIGH, "M": TOM, "L": TOM_LOW}

BASS: dict[str, str] = {
    "whole": "R---------------",
    "halves": "R-------5-------",
    "fifths": "R-------5---R---",
    "drone": "R---------------",
    "pulse": "R-R-R-R-R-R-R-R-",
    "eighths": "R-R-R-R-R-R-R-8-",
    "sixteenths": "R.RRR.RRR.RRR.R5",
    "octaves": "R.8.R.8.R.8.R.8.",
    "offbeat": "..R-..R-..R-..R8",
    "offbeats16": ".RRR.RRR.RRR.RR8",
    "rumble": ".rRr.rRr.rRr.rR8".replace("r", "R"),
    "reese": "R-----------5---R-------..R-8-a-",
    "walk": "R---w---w---a---",
    "shuffle": "R-.R5-.58-.85-.3",
    "bossa": "R----.5-5----.R-",
    "tango": "R----.R-5---R-a-",
    "oom": "R---........",
    "funk": "R..R..8.-.R.58a.",
    "sub": "R-----....R--...R--..R....8-5---",
    "lazy": "R-----.R..5-----",
    "pop": "R-----R-R---5-a-",
    "dub": "..R-R-..5-.3R-..",
    "twofeel": "R---....5---....",
    "cello": "R-------3---5---",
}

COMPS: dict[str, str] = {
    "pad": "C---------------",
    "quarters": "C---c---C---c---",
    "ostinato": "C-c-c-C-c-c-C-c-",
    "broken": "1-2-3-4-3-2-3-2-",
    "lazy": "C-----..c-------",
    "stabs": "..C...C...C..C..",
    "dark": "...C......C.....",
    "gate": "C-C.C-C.C-CCC-C.",
    "wide": "C-------....c---",
    "power": "C-C.C-C-C-C.C-C-",
    "chug": "C.ccC.ccC.ccC-C-",
    "pop": "C---c---C-c---c-",
    "chank": "..c.C.c...c.C.cc",
    "strum": "C---C-cc.-c-C-c-",
    "jig": "C---c-C---c-",
    "charleston": "C-...-C---......C.....c-....C---",
    "boogie": "C-c.C-c.C-c.C-c.",
    "bossa": "C-.C-..C-.C-.C--C--.C-..C-.C--..",
    "tango": "C-..c-..C-..c-c-",
    "pahpah": "....C-..c-..",
    "scratch": "..C..c..C.c..C.c",
    "sample": "C-----..C---....",
    "synth": "C-----C-----C---",
    "chiparp": "1234123412341234",
    "skank": "....C.......C.c.",
    "boomchick": "....C.c.....C.c.",
    "alberti": "1-3-2-3-1-3-2-3-",
    "offbeats": "....C.......C...",
    "organ": "C-------c-c-C---",
    "cradle": "1-2-3-4-3-2-",
}

FIGURES: dict[str, str] = {
    "up": "1---2---3---4---",
    "eighths": "1-3-2-4-3-2-4-3-",
    "sixteenths": "1232123412321432",
    "trance": "1.231.241.231.43",
    "chip": "1-3-5-3-2-4-5-4-",
    "ostinato": "1-1-2-1-3-1-2-1-",
    "broken": "1-2-3-4-5-4-3-2-",
    "picking": "1-3-2-4-1-3-2-3-",
    "pizzicato": "1.....2...3.....",
}

TUNES: dict[str, tuple[str, ...]] = {
    "song": ("x---x-x-x---x---", "x--x--x-x-------", "..x-x-x-x---x-x-", "x-----x-x---x---", "x-x-x---..x-x---"),
    "long": ("x-------x-------", "x-----------x---", "x-----x-x-------", "x---x---x-------"),
    "sparse": ("x-----x---......", "....x---x-------", "x-------........", "..x-x-----......"),
    "hook": ("x--x--x-..x-x---", "x-x-..x-x-..x---", "x--x--x---x---..", "..x-x-..x-x-x-..", "x---x--x--x-...."),
    "riff": ("x-x-..x-x.x-....", "x..x..x-..x-x...", "x-..x-x-..x-....", "x.x.x---..x.x---"),
    "busy": ("x-x-x-xxx-x-x-x-", "x-xxx-x-x-xxx---", "x--x--x-x-x-x-x-", "xxx-x-x-xxx-x---"),
    "folk": ("x---x-x-x---x---", "x-x-x---x-x-x---", "x-----x-x-x-x---", "x---x---x-x-x---"),
    "swing": ("x-..x-x-..x-x-..", "..x-x-x-x-----x-", "x-x-x-..x-x-....", "..x-..x-x-x-x---", "x-----x-..x-x-.."),
    "blues": ("..x-x-x-x-------", "x-x-x-----......", "....x-x-x-x-x---", "x---x-..x-x-...."),
    "bossa": ("x-----x---x-----", "..x-..x-x-----x-", "x---x--x--x-----", "..x---x---x-x---"),
    "tango": ("x--xx-x-x---x---", "x-x-x-x-x-------", "..x-x-x-x-x-x-..", "x---..xxx-x-x---"),
    "classical": ("x---x-x-x-x-x-x-", "x-----xxx---x---", "x-x-x-x-x---x---", "x---x---x-xxx---"),
    "march": ("x--xx---x--xx---", "x---x-x-x---x---", "x-----x-x--xx---", "x---x---x---x---"),
    "waltz": ("x-------x---", "x---x---x---", "x-----x-x-x-", "x-----------", "x---x-x-x---"),
    "jig": ("x-x-x-x-x-x-", "x---x-x---x-", "x-xxx-x-x-x-", "x---x-x-x-x-"),
}
CADENCES = ("x-x-x-----------", "x---x-----------", "x---------------", "x-x-x---x-------")


def steps(pattern: str, bar: int, metre: int) -> Iterator[tuple[float, float, str]]:
    """What is struck in a bar: beat within the bar, length in beats, and the symbol. Longer patterns take turns."""
    usual = 12 if len(pattern) == 12 else 16
    turn = bar % max(1, len(pattern) // usual)
    cell = (pattern[turn * usual : (turn + 1) * usual] * 2)[: metre * 4]
    for at, symbol in enumerate(cell):
        if symbol in ".-":
            continue
        rest = cell[at + 1 :]
        held = len(rest) - len(rest.lstrip("-"))
        yield at / 4, (1 + held) / 4, symbol
