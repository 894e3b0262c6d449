"""Sounds of the International Phonetic Alphabet in the letters that eSpeak NG takes between `[[` and `]]`. Pure.

After https://github.com/espeak-ng/espeak-ng/blob/master/docs/phonemes.md: English sounds, and the most common others.
"""

from __future__ import annotations

import unicodedata

LETTERS = {
    "tʃ": "tS", "dʒ": "dZ", "ʧ": "tS", "ʤ": "dZ", "əʊ": "oU", "oʊ": "oU", "eɪ": "eI", "aɪ": "aI",
    "aʊ": "aU", "ɔɪ": "OI", "ɪə": "i@", "eə": "e@", "ʊə": "U@", "iː": "i:", "uː": "u:", "ɑː": "A:",
    "ɔː": "O:", "ɜː": "3:", "ɜ": "3:", "ɪ": "I", "æ": "a", "ʌ": "V", "ʊ": "U", "ɒ": "0", "ɔ": "O",
    "ɑ": "A:", "ɛ": "E", "ə": "@", "ɚ": "3", "ɐ": "a#", "i": "i", "u": "u", "θ": "T", "ð": "D", "ʃ": "S",
    "ʒ": "Z", "ŋ": "N", "ɲ": "n^", "ɡ": "g", "ɹ": "r", "ɾ": "*", "ʁ": "R", "ç": "C", "x": "x", "ɣ": "Q",
    "ʔ": "?", "y": "y", "ø": "Y", "œ": "W", "ɬ": "l", "ˈ": "'", "ˌ": ",", "ː": ":", "'": "'", ",": ",",
}  # fmt: skip
LONGEST = max(map(len, LETTERS))


def mnemonics(ipa: str) -> str:
    """What eSpeak is to say; a sound it has no letter for is left out, so that nothing else can be said with it."""
    plain, said = unicodedata.normalize("NFC", ipa), ""
    while plain:
        size = next((n for n in range(LONGEST, 0, -1) if plain[:n] in LETTERS), 0)
        if size:
            said += LETTERS[plain[:size]]
        elif plain[0].isspace():
            said += "||"
        elif plain[0].isascii() and plain[0].isalpha():
            said += plain[0]
        plain = plain[size or 1 :]
    return said
