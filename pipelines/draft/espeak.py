"""eSpeak NG through its own library, a process for each run: a text as samples, with the time of each word.

The library keeps a state that nothing resets (where it is in its flutter, its breath), so only a fresh process says the
same thing the same way; and a crash in it is an error here, not the end of a worker. The C interface is that of
https://github.com/espeak-ng/espeak-ng/blob/master/src/include/espeak-ng/speak_lib.h.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, NamedTuple, Self

from pipelines.draft.voices import NoEspeak, Voice, places
from pipelines.faults import Fault

SYNCHRONOUS, DONT_EXIT = 2, 0x8000
BY_CHARACTER, UTF8, PHONEMES = 1, 1, 0x100  # no SSML: markup in a text is read out, never obeyed
RATE, PITCH, RANGE = 1, 3, 4
LAST, WORD = 0, 1
SEED = 1


class SpeechFailed(Fault):
    """eSpeak NG gave up on what it was given."""


class Spoken(NamedTuple):
    """Mono samples, 16 bits, `rate` a second, as bytes; and (character in the text, seconds) where each word begins."""

    samples: bytes
    rate: int
    words: list[tuple[int, float]]


class Espeak:
    """The parent's end: it asks, and is answered a sentence at a time. Closing it, or dying, ends the process."""

    def __enter__(self) -> Self:
        places()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pipelines.draft.espeak"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def say(self, text: str, voice: Voice, character: str, wpm: int, pitch: int, by_sound: bool = False) -> Spoken:
        """One sentence. `wpm` is words a minute, from 80 to 450; `pitch` from 0 to 99, 50 being the voice's own. What
        stands between `[[` and `]]` is sounds when `by_sound` says so, else it is read out too."""
        plain = "".join(c if c.isprintable() else " " for c in text)  # control characters are commands to eSpeak
        file = f"{voice.file}+{character}" if character else voice.file
        order = {"text": plain, "file": file, RATE: wpm, PITCH: pitch, RANGE: 55, "by_sound": by_sound}
        try:
            assert self.process.stdin
            assert self.process.stdout
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            samples = self.process.stdout.read(answer["bytes"])
        except (OSError, ValueError):
            raise SpeechFailed(f"eSpeak NG stopped at: {text[:80]}", "Change that sentence, or the voice.") from None
        if "error" in answer:
            raise NoEspeak(answer["error"], "Choose another voice, or run ./setup.sh run again.")
        return Spoken(samples, answer["rate"], [(int(at), float(s)) for at, s in answer["words"]])


class Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


class Library:
    """The process's own end: the library, which calls back with samples and events while it speaks."""

    def __init__(self) -> None:
        name, data = places()
        self.heard, self.words = bytearray(), list[tuple[int, float]]()
        self.lib: Any = ctypes.CDLL(name)
        self.rate = self.lib.espeak_Initialize(SYNCHRONOUS, 0, str(data.parent).encode(), DONT_EXIT)
        self.callback = Callback(self.hear)  # kept, for the library holds on to it
        self.lib.espeak_SetSynthCallback(self.callback)
        if hasattr(self.lib, "espeak_ng_SetRandSeed"):
            self.lib.espeak_ng_SetRandSeed(ctypes.c_long(SEED))

    def hear(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self.heard += ctypes.string_at(samples, 2 * count)
        n = 0
        while events[n].type != LAST:
            if events[n].type == WORD:
                self.words.append((events[n].text_position - 1, events[n].audio_position / 1000))
            n += 1
        return 0

    def answer(self, order: dict[str, Any], to: IO[bytes]) -> None:
        self.heard, self.words = bytearray(), []
        if self.rate <= 0 or self.lib.espeak_SetVoiceByName(order["file"].encode()) != 0:
            to.write(json.dumps({"error": f"eSpeak NG cannot open {order['file']}.", "bytes": 0}).encode() + b"\n")
            return
        for parameter in (RATE, PITCH, RANGE):
            self.lib.espeak_SetParameter(parameter, order[str(parameter)], 0)
        text = order["text"].encode("utf-8", errors="replace") + b"\0"
        flags = UTF8 | (PHONEMES if order["by_sound"] else 0)
        self.lib.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, BY_CHARACTER, 0, flags, None, None)
        head = {"bytes": len(self.heard), "rate": self.rate, "words": self.words}
        to.write(json.dumps(head).encode() + b"\n" + self.heard)


def main() -> None:
    library = Library()
    for line in sys.stdin.buffer:
        library.answer(json.loads(line), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
