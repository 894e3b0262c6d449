"""Secrets as they are kept: never themselves. A password by scrypt, which is slow to guess; what we make up ourselves,
which nobody can guess, by SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading

N, R, P = 2**14, 8, 1  # 16 MB and some 50 ms a try
WORDS = "bcdfghjklmnpqrstvwxyz"
VOWELS = "aeiou"

_oven = threading.BoundedSemaphore(2)  # however many try at once, the house has processors left


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def fresh(prefix: str = "") -> str:
    """A secret of 256 bits, fit for an address and a header."""
    return prefix + secrets.token_urlsafe(32)


def password() -> str:
    """One to be typed on a phone: four syllable words and a number, some 60 bits."""
    syllables = ["".join(map(secrets.choice, (WORDS, VOWELS))) for _ in range(12)]
    words = ["".join(syllables[n : n + 3]) for n in range(0, 12, 3)]
    return "-".join([*words[:3], words[3][:4] + str(secrets.randbelow(90) + 10)])


def hashed(word: str) -> str:
    salt = secrets.token_bytes(16)
    return f"scrypt${N}${R}${P}${salt.hex()}${baked(word, salt, N, R, P).hex()}"


def right(word: str, kept: str) -> bool:
    """Whether a password is the one that was hashed. Takes the same time either way."""
    _, n, r, p, salt, wanted = kept.split("$")
    return hmac.compare_digest(baked(word, bytes.fromhex(salt), int(n), int(r), int(p)).hex(), wanted)


def baked(word: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    with _oven:
        return hashlib.scrypt(word.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=64 * 2**20, dklen=32)
