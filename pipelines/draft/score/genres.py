"""Every genre draft-music knows, one entry each: how fast, how it moves, who plays, and how it is mixed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Genre:
    """Programs are General MIDI numbers; progressions are numerals, a bar each, `,` halving a bar."""

    name: str
    words: tuple[str, ...]
    bpm: tuple[int, int]
    mode: str
    major: tuple[str, str]
    minor: tuple[str, str]
    lead: tuple[int, ...]
    chords: tuple[int, ...]
    pad: tuple[int, ...] = ()
    bass: tuple[int, ...] = ()
    arp: tuple[int, ...] = ()
    kit: int | None = None
    hints: tuple[str, ...] = ()
    metre: int = 4
    swing: float = 0.0
    """How late an off-beat comes, as a fraction of the step; 1/3 is a triplet feel."""
    swing_step: float = 0.5
    drums: str = ""
    line: str = "whole"
    comp: str = "pad"
    figure: str = "up"
    tune: str = "song"
    form: str = "song"
    loose_ms: float = 8
    colour: float = 0.0
    """Tilt of the mix in dB at the top; as much again is taken from the bottom."""
    room_s: float = 1.6
    wet: float = 0.18
    drive: float = 0.0
    hiss: float = 0.0
    chords_db: float = 0.0
    """How much louder than elsewhere the chords are."""
    pump: float = 0.0
    """How far everything else steps back under the kick, 0 to 1."""
    power: float = 0.7
    """How much of the band plays when it plays out."""


POP = ("I V vi IV", "vi IV I V")
AEOLIAN = ("i VI III VII", "VI VII i i")


# One entry each, wrapped like prose.
# fmt: off
_ALL = (
    Genre("ambient", ("ambient", "drone", "atmospheric", "meditation", "meditative", "new age", "soundscape"), (56, 74),
          "major", ("IM9 vi9 IVM9 Iadd9", "IVM9 ii9 vi7 Vsus4"), ("i9 VIM7 iv9 isus2", "VIM7 VIIadd9 i9 v7"),
          lead=(99, 88, 75), chords=(89,), pad=(95, 91), bass=(89,), arp=(92, 46), tune="sparse", form="flow",
          hints=("space", "fog", "dream", "underwater", "sleep", "relax", "yoga", "stars", "forest", "calm", "snow"),
          loose_ms=25, colour=-2, room_s=5.0, wet=0.55, power=0.5),
    Genre("cinematic", ("cinematic", "film score", "movie", "epic", "trailer", "blockbuster", "soundtrack", "heroic"),
          (84, 108), "minor", ("I V vi IV", "IV V vi I"), ("i VI III VII", "i iv VI V"), lead=(60, 61), chords=(48,),
          pad=(49, 52), bass=(43,), arp=(48, 45), kit=48, drums="epic", line="pulse", comp="ostinato",
          figure="ostinato", tune="long", form="flow",
          hints=("battle", "war", "hero", "chase", "mountain", "adventure", "dragon", "victory", "storm", "dramatic"),
          room_s=3.2, wet=0.34, power=0.95),
    Genre("orchestral", ("orchestral", "orchestra", "symphonic", "symphony"), (88, 116), "major",
          ("I IV ii V", "vi IV I,V I"), ("i iv VII III", "VI iv V i"), lead=(40, 73, 68), chords=(48,), pad=(49,),
          bass=(43,), arp=(46, 45), kit=48, drums="timpani", line="fifths", comp="quarters", figure="broken",
          tune="song", form="dance", hints=("magic", "fairy", "wonder", "christmas", "castle"), loose_ms=16, room_s=2.8,
          wet=0.32, power=0.8),
    Genre("piano", ("solo piano", "piano solo", "piano piece", "piano ballad", "piano music"), (66, 84), "major",
          ("Iadd9 V vi7 IV", "IV I ii7 V"), ("i VI III VII", "VI iv i V"), lead=(0,), chords=(0,), bass=(0,),
          comp="broken", tune="song",
          hints=("intimate", "tender", "memory", "rain", "heartbreak", "sad", "wedding", "emotional"), loose_ms=16,
          room_s=2.2, wet=0.24, chords_db=4, power=0.6),
    Genre("lo-fi", ("lo-fi", "lofi", "lo fi", "chillhop", "chill beats", "study beats", "chill"), (70, 84), "minor",
          ("IM7 vi7 ii9 V9", "IVM7 iii7 ii7 IM7"), ("i9 iv9 VIM7 v7", "iv7 VII9 IIIM7 VIM7"), lead=(4, 11),
          chords=(4, 5), bass=(32,), pad=(89,), kit=32, drums="lofi", line="lazy", comp="lazy", tune="sparse",
          swing=0.22, swing_step=0.25, hints=("cozy", "cosy", "study", "coffee", "nostalgic"), loose_ms=16, colour=-6,
          room_s=1.1, wet=0.14, drive=0.5, hiss=0.004, pump=0.25, power=0.7),
    Genre("house", ("house", "deep house", "edm", "dance", "club", "electronic dance"), (120, 126), "minor",
          ("vi7 IVM7 I V", "IVM7 V vi7 iii7"), ("i7 VII VIM7 v7", "VIM7 VII i7 i7"), lead=(80, 11), chords=(16, 4),
          bass=(38,), pad=(90,), arp=(81,), kit=24, drums="house", line="offbeat", comp="stabs", figure="sixteenths",
          tune="hook", form="groove", hints=("party", "nightclub", "summer", "fashion"), loose_ms=2, colour=1,
          room_s=1.4, wet=0.16, drive=0.4, pump=0.6, power=0.9),
    Genre("techno", ("techno", "minimal techno", "acid", "rave", "industrial"), (128, 138), "minor",
          ("i i i i", "i i VI i"), ("i i i i", "i i bII i"), lead=(81,), chords=(81, 90), bass=(38,), pad=(94,),
          arp=(80,), kit=25, drums="techno", line="rumble", comp="dark", figure="sixteenths", tune="riff",
          form="groove", hints=("machine", "factory", "robot", "warehouse", "hacker"), loose_ms=1, colour=-1,
          room_s=2.0, wet=0.2, drive=0.9, pump=0.65, power=0.95),
    Genre("trance", ("trance", "psytrance", "uplifting trance"), (134, 140), "minor", ("vi IV I V", "IV V vi vi"),
          ("i VI III VII", "VI VII i v"), lead=(81,), chords=(90,), bass=(39,), pad=(89,), arp=(81, 80), kit=24,
          drums="trance", line="offbeats16", comp="gate", figure="trance", tune="long", form="groove",
          hints=("euphoric", "laser", "sunrise festival"), loose_ms=1, colour=3, room_s=2.6, wet=0.3, drive=0.4,
          pump=0.7, power=1.0),
    Genre("drum and bass",
          ('drum and bass', 'drum & bass', 'drum n bass', "drum'n'bass", 'dnb', 'd&b', 'jungle', 'breakbeat'),
          (170, 176), "minor", ("vi IV I V", "IV V vi I"), ("i7 VIM7 VII i7", "VIM7 VII i v7"), lead=(80, 4),
          chords=(4, 90), bass=(87, 38), pad=(95,), arp=(92,), kit=16, drums="breaks", line="reese", comp="wide",
          figure="eighths", tune="sparse", form="groove", hints=("racing", "parkour"), loose_ms=3, colour=2, room_s=2.0,
          wet=0.2, drive=0.5, pump=0.3, power=0.95),
    Genre("rock", ("rock", "hard rock", "punk", "grunge", "indie rock", "garage rock"), (116, 140), "major",
          ("I5 bVII5 IV5 I5", "IV5 V5 I5 vi5"), ("i5 VI5 III5 VII5", "VI5 VII5 i5 i5"), lead=(29,), chords=(30,),
          bass=(34,), kit=16, drums="rock", line="eighths", comp="power", tune="riff",
          hints=("road", "motorcycle", "rebel", "stadium", "sport", "sports"), loose_ms=6, room_s=1.2, wet=0.14,
          drive=0.9, chords_db=6, power=1.0),
    Genre("metal", ("metal", "heavy metal", "thrash", "djent"), (150, 176), "minor",
          ("i5 i5 VI5 VII5", "i5 bII5 i5 v5"), ("i5 i5 VI5 VII5", "i5 bII5 i5 VII5"), lead=(30,), chords=(30,),
          bass=(34,), pad=(52,), kit=16, drums="metal", line="sixteenths", comp="chug", tune="busy",
          hints=("rage", "demon", "hell"), loose_ms=3, colour=2, room_s=1.2, wet=0.12, drive=1.2, chords_db=7,
          power=1.0),
    Genre("pop", ("pop", "upbeat pop", "electropop", "corporate", "commercial", "advert", "jingle"), (100, 118),
          "major", POP, AEOLIAN, lead=(80, 11), chords=(0, 4), bass=(33, 38), pad=(89,), arp=(27,), kit=8, drums="pop",
          line="pop", comp="pop", figure="eighths", tune="hook",
          hints=("bright", "happy", "cheerful", "fun", "product", "vlog", "uplifting", "inspiring"), loose_ms=6,
          colour=2, room_s=1.4, wet=0.16, drive=0.3, power=0.85),
    Genre("disco", ("disco", "nu-disco", "boogie", "seventies dance"), (116, 124), "minor",
          ("IM7 vi7 ii7 V7", "IVM7 iii7 ii7 V7"), ("i7 IV7 i7 VII", "VIM7 VII i7 v7"), lead=(48, 61), chords=(4, 27),
          bass=(33,), pad=(48,), arp=(27,), kit=8, drums="disco", line="octaves", comp="chank", figure="eighths",
          tune="hook", form="groove", hints=("glitter", "roller skate"), loose_ms=5, colour=1, room_s=1.5, wet=0.18,
          drive=0.3, pump=0.2, power=0.95),
    Genre("folk", ("folk", "acoustic", "singer-songwriter", "indie folk", "campfire", "americana"), (92, 112), "major",
          ("I IV I V", "vi IV I V"), ("i VII VI VII", "III VII i i"), lead=(73, 22, 110), chords=(25, 24), bass=(32,),
          arp=(105,), comp="strum", line="halves", figure="picking", tune="folk",
          hints=("village", "meadow", "farm", "hope", "travel", "journey"), loose_ms=12, room_s=1.3, wet=0.15,
          chords_db=3, power=0.75),
    Genre("celtic", ("celtic", "irish", "scottish", "jig", "reel", "medieval", "tavern"), (108, 124), "dorian",
          ("I V IV V", "vi IV I V"), ("i VII i VII", "III VII i VII"), lead=(110, 75, 73), chords=(25, 46), pad=(109,),
          bass=(43,), kit=48, drums="bodhran", line="drone", comp="jig", metre=3, tune="jig", form="dance",
          hints=("pub", "knight", "sailor", "pirate"), loose_ms=8, room_s=1.6, wet=0.18, power=0.8),
    Genre("jazz", ("jazz", "swing", "bebop", "big band", "cool jazz", "jazzy"), (120, 160), "major",
          ("ii9 V9 IM9 vi7", "IVM7 iv7 iii7,VI7 ii7,V7"), ("i6 iiø,V7 i6 VIM7,V7", "iv7 VII9 IIIM7 V7"),
          lead=(66, 56, 65), chords=(0, 26), bass=(32,), kit=32, drums="swing", line="walk", comp="charleston",
          swing=0.32, tune="swing", form="dance", hints=("cocktail", "speakeasy", "smoky", "detective", "noir"),
          loose_ms=12, room_s=1.4, wet=0.16, power=0.75),
    Genre("blues", ("blues", "delta blues", "shuffle", "slow blues"), (84, 104), "major",
          ("I7 I7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7", "I7 IV7 I7 I7 IV7 IV7 I7 I7 V7 IV7 I7 V7"),
          ("i7 i7 i7 i7 iv7 iv7 i7 i7 V7 iv7 i7 V7", "i7 iv7 i7 i7 iv7 iv7 i7 i7 V7 iv7 i7 V7"), lead=(22, 27),
          chords=(26, 17), bass=(33,), kit=0, drums="shuffle", line="shuffle", comp="boogie", swing=0.32, tune="blues",
          form="dance", hints=("bar", "whiskey", "mississippi"), loose_ms=12, room_s=1.2, wet=0.14, drive=0.6,
          power=0.8),
    Genre("bossa nova", ("bossa nova", "bossa", "samba", "brazilian", "latin", "lounge"), (118, 134), "major",
          ("IM7 IM7 ii7 V9", "iii7 VI7 ii9 V9"), ("i9 i9 iiø V7", "iv7 VII9 IIIM7 V7"), lead=(73, 66), chords=(24,),
          pad=(48,), bass=(32,), kit=40, drums="bossa", line="bossa", comp="bossa", tune="bossa", form="dance",
          hints=("beach", "rio", "cafe", "café", "elevator", "holiday"), loose_ms=10, room_s=1.3, wet=0.16, power=0.7),
    Genre("tango", ("tango", "milonga", "argentinian"), (112, 124), "minor", ("I V7 V7 I", "IV I V7 I"),
          ("i V7 V7 i", "iv i V7 i"), lead=(23, 40), chords=(0,), pad=(48,), bass=(43,), line="tango", comp="tango",
          tune="tango", form="dance", hints=("passion", "buenos aires"), loose_ms=8, room_s=1.4, wet=0.16, power=0.8),
    Genre("waltz", ("waltz", "viennese", "ballroom", "carousel", "musette"), (138, 168), "major",
          ("I I V7 V7 V7 V7 I I", "IV IV I I V7 V7 I I"), ("i i V7 V7 iv V7 i i", "VI VI iv iv V7 V7 i i"),
          lead=(40, 21, 73), chords=(48, 21), pad=(49,), bass=(43,), arp=(46,), line="oom", comp="pahpah", metre=3,
          tune="waltz", form="dance", hints=("romantic", "paris", "circus", "ball"), loose_ms=12, room_s=2.2, wet=0.24,
          power=0.75),
    Genre("funk", ("funk", "funky", "groovy", "soul", "motown"), (98, 110), "dorian", ("I9 I9 IV9 I9", "IV9 IV9 I9 V9"),
          ("i9 IV9 i9 IV9", "iv7 VII9 i9 i9"), lead=(61, 65), chords=(28, 7), pad=(17,), bass=(36,), kit=8,
          drums="funk", line="funk", comp="scratch", swing=0.08, swing_step=0.25, tune="riff", form="groove",
          hints=("cool", "heist", "retro show"), loose_ms=5, colour=1, room_s=0.9, wet=0.1, drive=0.4, chords_db=3,
          power=0.9),
    Genre("hip hop", ("hip hop", "hip-hop", "hiphop", "rap", "boom bap", "trap", "beat"), (84, 94), "minor",
          ("vi7 IVM7 vi7 V", "ii7 V7 IM7 vi7"), ("i7 i7 VIM7 v7", "iv7 i7 VIM7 VII"), lead=(11, 80), chords=(0, 48),
          bass=(38,), pad=(48,), kit=25, drums="boombap", line="sub", comp="sample", swing=0.16, swing_step=0.25,
          tune="hook", form="groove", hints=("street", "urban", "skate", "basketball"), loose_ms=7, colour=-2,
          room_s=0.9, wet=0.1, drive=0.6, hiss=0.001, pump=0.25, power=0.85),
    Genre("synthwave", ("synthwave", "retrowave", "outrun", "80s", "eighties", "vaporwave", "cyberpunk"), (86, 108),
          "minor", ("vi IV I V", "IV V iii vi"), ("i VI VII v", "VI VII i i"), lead=(81, 80), chords=(90,), bass=(38,),
          pad=(50, 89), arp=(81, 62), kit=24, drums="gated", line="eighths", comp="synth", figure="sixteenths",
          tune="long", hints=("neon", "night drive", "sci-fi", "arcade", "future"), loose_ms=1, colour=1, room_s=2.6,
          wet=0.28, drive=0.5, pump=0.3, power=0.9),
    Genre("chiptune", ("chiptune", "8-bit", "8 bit", "8bit", "video game", "nes", "game boy", "retro game"), (136, 160),
          "major", ("I V vi IV", "IV V iii vi"), ("i VI VII i", "VI VII i v"), lead=(80,), chords=(80,), bass=(81,),
          arp=(80,), kit=24, drums="chip", line="octaves", comp="chiparp", figure="chip", tune="busy",
          hints=("pixel", "game", "arcade"), loose_ms=0, colour=4, room_s=0.3, wet=0.02, drive=0.3, chords_db=2,
          power=0.9),
    Genre("reggae", ("reggae", "dub", "ska", "jamaican", "calypso", "caribbean", "tropical"), (74, 88), "major",
          ("I IV I V", "I vi IV V"), ("i iv i VII", "VI VII i i"), lead=(56, 22, 114), chords=(27,), pad=(17,),
          bass=(33,), kit=0, drums="onedrop", line="dub", comp="skank", swing=0.1, tune="sparse", form="groove",
          hints=("island", "sunny"), loose_ms=9, colour=-1, room_s=1.8, wet=0.2, chords_db=3, power=0.8),
    Genre("country", ("country", "bluegrass", "western", "honky tonk", "nashville", "cowboy"), (104, 124), "major",
          ("I I IV I V V I I", "IV IV I I V V I V"), ("i i VII VII VI VII i i", "III VII i i VI VII i i"),
          lead=(110, 22, 25), chords=(25,), arp=(105,), bass=(32,), kit=0, drums="train", line="twofeel",
          comp="boomchick", figure="picking", tune="folk", hints=("desert", "ranch", "horse", "rodeo"), loose_ms=8,
          room_s=1.0, wet=0.12, power=0.85),
    Genre("classical", ("classical", "baroque", "mozart", "bach", "string quartet", "chamber", "sonata", "minuet"),
          (104, 128), "major", ("I V I V", "IV I ii6,V7 I"), ("i V i V", "iv i iiø,V7 i"), lead=(40, 6, 68),
          chords=(6, 48), pad=(), bass=(42,), line="cello", comp="alberti", tune="classical", form="dance",
          hints=("elegant", "museum", "court", "garden"), loose_ms=10, room_s=1.9, wet=0.22, power=0.65),
    Genre("march", ("march", "military", "marching band", "parade", "anthem", "brass band"), (112, 120), "major",
          ("I I V7 I", "IV I V7 I"), ("i i V7 i", "iv i V7 i"), lead=(56, 72), chords=(60, 61), bass=(58,), pad=(57,),
          kit=48, drums="march", line="twofeel", comp="offbeats", tune="march", form="dance",
          hints=("army", "soldier", "flag", "ceremony"), loose_ms=5, room_s=1.8, wet=0.2, power=0.95),
    Genre("gospel", ("gospel", "hymn", "church", "spiritual", "choir"), (68, 84), "major",
          ("I I7 IV iv6", "ii7 V9 I,IV I"), ("i i7 iv iv6", "VI VII i V7"), lead=(53, 18), chords=(18, 0), pad=(52,),
          bass=(33,), kit=0, drums="ballad", line="halves", comp="organ", swing=0.3, tune="long",
          hints=("cathedral", "prayer", "heaven"), loose_ms=14, room_s=3.0, wet=0.3, power=0.8),
    Genre("suspense", ("suspense", "thriller", "horror", "scary", "creepy", "spooky", "eerie", "ominous"), (60, 80),
          "phrygian", ("i bII i v", "i VI bII i"), ("i bII i v", "i VI bII i"), lead=(8, 14), chords=(44,),
          pad=(94, 48), bass=(43,), arp=(45,), kit=48, drums="heartbeat", line="drone", comp="pad", figure="pizzicato",
          tune="sparse", form="flow",
          hints=("ghost", "haunted", "tense", "dark", "murder", "mystery", "mysterious", "shadow"), loose_ms=18,
          colour=-4, room_s=4.0, wet=0.42, power=0.6),
    Genre("lullaby", ("lullaby", "music box", "nursery", "bedtime", "cradle"), (76, 92), "major",
          ("I IV I V", "vi IV V I"), ("i iv i V", "VI VII i V"), lead=(10, 8), chords=(46, 10), pad=(89,), bass=(),
          comp="cradle", metre=3, tune="waltz", form="dance", hints=("baby", "child", "toy", "sleepy"), loose_ms=14,
          colour=1, room_s=2.4, wet=0.3, power=0.5),
)
# fmt: on

GENRES: dict[str, Genre] = {genre.name: genre for genre in _ALL}
