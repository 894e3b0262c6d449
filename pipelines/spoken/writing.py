"""Which languages are written how: a text in Greek letters is not read by an English voice. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter

# Scripts, as Unicode names them, and the languages written in them; the first reads for those that are not.
SCRIPTS = {
    "CYRILLIC": "ru uk bg be mk sr kk ky tt ba cv uz az mn",
    "GREEK": "el grc",
    "ARABIC": "ar fa ur sd ug ku ps ckb",
    "HEBREW": "he",
    "DEVANAGARI": "hi mr ne kok sa",
    "BENGALI": "bn as bpy",
    "GURMUKHI": "pa",
    "GUJARATI": "gu",
    "ORIYA": "or",
    "TAMIL": "ta",
    "TELUGU": "te",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "THAI": "th",
    "MYANMAR": "my shn",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy hyw",
    "ETHIOPIC": "am ti",
    "CHEROKEE": "chr",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "CJK": "cmn yue hak ja ko",
}


def script_language(text: str, language: str) -> str:
    """The language to read `text` in when `language` does not write that way; "" when it does."""
    scripts = Counter(unicodedata.name(c, "").split(" ")[0].split("-")[0] for c in text if c.isalpha())
    if scripts["HIRAGANA"] + scripts["KATAKANA"]:  # Japanese mixes three
        scripts["HIRAGANA"] += scripts.pop("CJK", 0)
    [(script, _)] = scripts.most_common(1) or [("", 0)]
    readers = SCRIPTS.get(script, "").split()
    return "" if not readers or language.split("-")[0] in readers else readers[0]


def spaceless(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" or "\u0e00" <= character <= "\u0eff"
