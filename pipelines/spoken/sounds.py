"""Text into the phonemes that Kokoro reads, through misaki: eSpeak's for most languages, dictionaries where they are.

Asks nothing of another machine: where misaki would download a dictionary, this says what is missing, or does without.
"""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import accumulate, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from pipelines.spoken.lexicon import Span, as_written
from pipelines.spoken.writing import spaceless

NEEDED = {
    "zh": (("jieba", "pypinyin", "cn2an"), "uv pip install 'misaki[zh]'"),
    "ja": (("pyopenjtalk", "fugashi", "jaconv", "mojimoji", "unidic"), "uv pip install 'misaki[ja]'"),
}
# Kokoro's letters for sounds that the IPA writes with two, as misaki has them; and those of English in particular.
LETTERS = {
    "dʒ": "ʤ", "tʃ": "ʧ", "dz": "ʣ", "ts": "ʦ", "eɪ": "A", "aɪ": "I", "aʊ": "W", "ɔɪ": "Y", "oʊ": "O", "əʊ": "Q",
    "g": "ɡ",
}  # fmt: skip
INSIDE = 2.0
"""What it costs a word to begin inside a group of phonemes rather than with one, in phonemes."""
ENGLISH = {"en-us": {"ɜː": "ɜɹ", "ɚ": "əɹ", "r": "ɹ", "ː": ""}, "en-gb": {"eə": "ɛː", "r": "ɹ"}}
PLAIN_ENGLISH = "English words are pronounced by eSpeak: the spaCy model en_core_web_sm is not installed"


class Sounds(NamedTuple):
    """Phonemes, and (character in the text as written, place among them) where each word begins."""

    phonemes: str
    words: list[tuple[int, int]]


def missing(language: str) -> str:
    """What is not installed here that the language needs, and how to get it; "" when nothing is."""
    packages, cure = NEEDED.get(language, ((), ""))
    absent = [name for name in packages if find_spec(name) is None]
    if absent:
        return f"it needs {', '.join(absent)}: {cure}"
    if language == "ja" and not dictionary():
        return "it needs a dictionary of 500 MB: python -m unidic download"
    return ""


def dictionary() -> bool:
    """Whether UniDic, which its package fetches on request, has been fetched."""
    spec = find_spec("unidic")
    return bool(spec and spec.origin and (Path(spec.origin).parent / "dicdir" / "mecabrc").exists())


def shortcoming(language: str) -> str:
    """What a listener should know about how this machine pronounces the language; "" when nothing."""
    return PLAIN_ENGLISH if language.startswith("en") and find_spec("en_core_web_sm") is None else ""


@cache
def pronounce(language: str) -> Callable[[str], str]:
    """Text to phonemes in that language. Loading it takes a second or two."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their own dependencies' futures
        espeak = importlib.import_module("misaki.espeak")
        if language.startswith("en"):
            british = language == "en-gb"
            fallback = espeak.EspeakFallback(british=british)
            if shortcoming(language):
                return lambda text: fallback(SimpleNamespace(text=text))[0] or ""
            said: Any = importlib.import_module("misaki.en").G2P(british=british, fallback=fallback, unk="")
        elif language in NEEDED:
            module = importlib.import_module(f"misaki.{language}")
            said = module.ZHG2P() if language == "zh" else module.JAG2P()
        else:
            said = espeak.EspeakG2P(language=language)
    return lambda text: said(text)[0] or ""


def sounds(text: Sequence[Span], language: str, known: Callable[[str], object]) -> Sounds:
    """A sentence's phonemes, without those that are not `known`; the lexicon's sounds stand as they were given."""
    say = pronounce(language)
    phonemes, marks, at, apart = "", list[tuple[int, float]](), 0, False
    for span in text:
        if span.ipa:
            new, begins = letters(span.ipa, language), [(0, 0)]
        else:
            new = say(span.said).strip() if span.said.strip() else ""
            begins = placed(span.said, new, say)
        new, begins = only(known, new, begins)
        phonemes += " " if phonemes and new and (apart or span.said[:1].isspace()) else ""
        marks += [(at + character, float(len(phonemes) + place)) for character, place in begins]
        phonemes, at, apart = phonemes + new, at + len(span.said), span.said[-1:].isspace()
    return Sounds(phonemes, [(a, int(p)) for a, p in as_written(marks, text, [span.said for span in text])])


def letters(ipa: str, language: str) -> str:
    """The International Phonetic Alphabet in Kokoro's letters."""
    for old, new in (LETTERS | ENGLISH.get(language, {})).items():
        ipa = ipa.replace(old, new)
    return ipa


def placed(text: str, phonemes: str, say: Callable[[str], str]) -> list[tuple[int, int]]:
    """Where each word of the text begins in the phonemes. Where a voice runs words together or says one as several,
    each is put as near as can be to where it should be by how long they are alone, and to where a group begins."""
    words = [found for found in re.finditer(r"\S+", text) if any(c.isalnum() for c in found[0])]
    if any(spaceless(c) for c in text):
        words = [found for found in re.finditer(r"\w", text) if spaceless(found[0])]
    groups = [found.start() for found in re.finditer(r"\S+", phonemes) if heard(found[0])]
    if len(words) == len(groups):
        return [(word.start(), group) for word, group in zip(words, groups, strict=True)]
    places = sorted({*heard(phonemes), *groups})
    alone = [1 if spaceless(word[0][0]) else max(1, len(heard(say(word[0])))) for word in words]
    edges = [len(places) * edge / sum(alone) for edge in accumulate(alone[:-1], initial=0)] if words else []
    chosen = nearest_places(edges, [0 if place in groups else INSIDE for place in places])
    return [(word.start(), places[n]) for word, n in zip(words, chosen, strict=False)]


def nearest_places(edges: Sequence[float], costs: Sequence[float]) -> list[int]:
    """For each edge a place, 0 to len(costs) - 1, each after the one before, that together are least far away; a place
    adds its own cost. Fewer places than edges serve the first of them."""
    best: list[list[tuple[float, int]]] = []
    for n, edge in enumerate(edges[: len(costs)]):
        row, least = list[tuple[float, int]](), (float("inf"), -1)
        for place, cost in enumerate(costs):
            here = abs(place - edge) + cost
            row.append((here + least[0], least[1]) if n else (here, -1))
            if n:
                least = min(least, (best[-1][place][0], place))
        best.append(row)
    chosen, at = list[int](), min(range(len(costs)), key=lambda place: best[-1][place][0]) if best else -1
    for row in reversed(best):
        chosen.append(at)
        at = row[at][1]
    return chosen[::-1]


def heard(phonemes: str) -> list[int]:
    """The places of the phonemes that take time: not marks, nor stresses, nor tones."""
    return [n for n, c in enumerate(phonemes) if c.isalnum() and c not in "ˈˌː"]


def only(
    known: Callable[[str], object], phonemes: str, begins: list[tuple[int, int]]
) -> tuple[str, list[tuple[int, int]]]:
    """The phonemes that are known, and the places moved with them; of words that begin at one place, the first."""
    kept = [known(c) is not None for c in phonemes]
    before = [0, *accumulate(kept)]
    places = [(character, before[min(place, len(phonemes))]) for character, place in begins]
    places = places[:1] + [b for a, b in pairwise(places) if b[1] > a[1]]
    return "".join(c for c, keep in zip(phonemes, kept, strict=True) if keep), places
