"""How often: wrong tries at the lock, by address; and requests of a guest, by person. And how many at once."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager

MOST_WRONG, WRONG_S = 5, 60.0
MOST_KEPT = 10_000  # addresses, or people, remembered at once


class Tries:
    """Wrong tries of the last minute. One is counted before it is looked at, so that many at once gain nothing."""

    def __init__(self) -> None:
        self.of: OrderedDict[str, deque[float]] = OrderedDict()
        self.lock = threading.Lock()

    def wait_s(self, address: str) -> int:
        """How long this address has to wait before it may try again; 0 when it may now."""
        with self.lock:
            tries = self.recent(address)
            return 0 if len(tries) < MOST_WRONG else max(1, round(tries[0] + WRONG_S - time.monotonic() + 0.5))

    def wrong(self, address: str) -> int:
        """Count one, and say how long to wait when there were five before it."""
        wait = self.wait_s(address)
        with self.lock:
            tries = self.recent(address)
            if len(tries) < MOST_WRONG:
                tries.append(time.monotonic())
        return wait

    def right(self, address: str) -> None:
        """The one counted last was right."""
        with self.lock:
            if tries := self.recent(address):
                tries.pop()

    def recent(self, address: str) -> deque[float]:
        tries = self.of.setdefault(neighbours(address), deque())
        self.of.move_to_end(neighbours(address))
        while len(self.of) > MOST_KEPT:
            self.of.popitem(last=False)
        while tries and tries[0] < time.monotonic() - WRONG_S:
            tries.popleft()
        return tries


def neighbours(address: str) -> str:
    """An address, or for IPv6 the network that one household has all of."""
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    return str(ip) if ip.version == 4 else str(ipaddress.ip_network((ip, 64), strict=False))


class Rate:
    """So many a minute, and as many at once: a bucket that fills again while nobody takes from it."""

    def __init__(self, a_minute: int):
        self.most, self.fill = float(a_minute), a_minute / 60
        self.of: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, who: str) -> int:
        """Take one; or how long to wait for it."""
        now = time.monotonic()
        left, at = self.of.pop(who, (self.most, now))
        left = min(self.most, left + (now - at) * self.fill)
        self.of[who] = (left - 1 if left >= 1 else left, now)
        while len(self.of) > MOST_KEPT:
            self.of.popitem(last=False)
        return 0 if left >= 1 else max(1, round((1 - left) / self.fill + 0.5))


class Places:
    """So many at the same time, for each person."""

    def __init__(self, most: int):
        self.most, self.taken = most, Counter[str]()

    @contextmanager
    def one(self, who: str) -> Iterator[bool]:
        """A place while this lasts; False where all of theirs are taken."""
        if self.taken[who] >= self.most:
            yield False
            return
        self.taken[who] += 1
        try:
            yield True
        finally:
            self.taken[who] -= 1
            if not self.taken[who]:
                del self.taken[who]
