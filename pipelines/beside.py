"""Something done to each thing beside the making of the next ones."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def beside(put: Callable[[T], None], made: Iterable[T], waiting: int = 4) -> int:
    """Put each, one after the other, on a thread of its own, while the next ones are made; at most `waiting` of them
    wait. Says how many there were, once all are put. What `put` raises is raised here."""
    count, line = 0, deque[Future[None]]()
    with ThreadPoolExecutor(1, "beside") as side:
        for one in made:
            if len(line) == waiting:
                line.popleft().result()
            line.append(side.submit(put, one))
            count += 1
        for left in line:
            left.result()
    return count
