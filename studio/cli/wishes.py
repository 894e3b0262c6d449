"""What is wished for on the command line: `-o name=value`."""

from __future__ import annotations

import json
from typing import Any

from pipelines.faults import Invalid


def options_of(pairs: list[str]) -> dict[str, Any]:
    """`-o key=value` as options: a value that reads as JSON is that, anything else is text."""
    found = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Invalid(f"-o {pair} has no value.", "Write -o name=value.")
        try:
            found[name.strip()] = json.loads(value)
        except ValueError:
            found[name.strip()] = value
    return found
