"""Takes one uploaded file out of a multipart body: written once, straight to where the library takes it in."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from studio.api.errors import Malformed
from studio.library.store import Library
from studio.types import Asset

WRONG = "Send one file as multipart/form-data, in a field named `file`."


class Parts:
    """Hears what the parser finds, and keeps the bytes of the field named `file`."""

    def __init__(self, boundary: bytes):
        self.name, self.wanted, self.found, self.whole = "", False, False, False
        self.field, self.value = b"", b""
        self.chunks: list[bytes] = []
        names = ("header_field", "header_value", "header_end", "headers_finished", "part_begin", "part_data", "end")
        heard: Any = {f"on_{name}": getattr(self, name) for name in names}
        self.parser = MultipartParser(boundary, heard)

    def part_begin(self) -> None:
        self.wanted = False

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self.field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self.value += data[start:end]

    def header_end(self) -> None:
        if self.field.lower() == b"content-disposition":
            _, options = parse_options_header(self.value)
            self.wanted = options.get(b"name") == b"file"
            if self.wanted and self.found:
                raise Malformed("There are several fields named `file` in the body.", WRONG)
            if self.wanted:
                self.name = options.get(b"filename", b"upload").decode("utf-8", "replace")
        self.field = self.value = b""

    def headers_finished(self) -> None:
        self.found = self.found or self.wanted

    def part_data(self, data: bytes, start: int, end: int) -> None:
        if self.wanted:
            self.chunks.append(data[start:end])

    def end(self) -> None:
        self.whole = True

    def feed(self, data: bytes) -> list[bytes]:
        try:
            self.parser.write(data)
        except FormParserError:
            raise Malformed("The multipart body cannot be read.", WRONG) from None
        chunks, self.chunks = self.chunks, []
        return chunks


async def receive(request: Request, library: Library) -> Asset:
    """The uploaded file as an asset. Whatever goes wrong, a client that leaves included, leaves nothing behind."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise Malformed("This is not a multipart upload.", WRONG)
    try:
        parts = Parts(options[b"boundary"])
    except FormParserError:
        raise Malformed("The multipart body cannot be read.", WRONG) from None
    with library.intake("") as intake:
        async for data in request.stream():
            for chunk in parts.feed(data):
                intake.write(chunk)
        if not parts.found or not parts.whole:
            raise Malformed("There is no whole field named `file` in the body.", WRONG)
        intake.name = parts.name
        return await asyncio.to_thread(intake.finish)
