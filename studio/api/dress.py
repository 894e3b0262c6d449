"""What every answer tells the browser, and the words of those that Gradio leaves without any."""

from __future__ import annotations

from starlette.types import Message, Send

from studio.api.errors import answer

Headers = dict[bytes, bytes]
HEADERS: Headers = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"content-security-policy": (
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
        b" img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:;"
        b" connect-src 'self' blob: data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self';"
        b" form-action 'self'; frame-ancestors 'none'"
    ),
}
NAMED_ORIGIN = {
    b"access-control-allow-origin": None,
    b"access-control-allow-methods": b"GET, HEAD, POST, PUT, PATCH, DELETE",
    b"access-control-allow-headers": b"authorization, content-type, if-match, idempotency-key, range",
    b"access-control-expose-headers": b"etag, content-range, location, retry-after, x-homereel-model",
    b"access-control-max-age": b"600",
    b"cross-origin-resource-policy": b"cross-origin",
    b"vary": b"origin, referer",
}
# A file's: which site's page shows it. What a browser keeps is kept for that page alone.
SHOWN: Headers = {b"cross-origin-resource-policy": b"cross-origin", b"vary": b"referer"}
KEPT_BACK: Headers = {b"vary": b"referer"}
NO_SUCH_CALL = ("invalid", "That is no call of this API.", "GET /gradio_api/info says what each endpoint takes.")


def worded(send: Send) -> Send:
    """Gradio answers a call it cannot make sense of, or that an endpoint refuses, as if it were at fault itself. What
    an endpoint says in JSON is kept; what says nothing is said in our words. Real faults are in the log either way."""
    silent = False

    async def wording(message: Message) -> None:
        nonlocal silent
        if message["type"] == "http.response.start" and message["status"] == 500:
            kind = dict(message["headers"]).get(b"content-type", b"")
            message, silent = {**message, "status": 422}, not kind.startswith(b"application/json")
            if silent:
                words = answer(422, *NO_SUCH_CALL)
                await send({**message, "headers": [*words.raw_headers, (b"connection", b"close")]})
                await send({"type": "http.response.body", "body": words.body})
        if not silent:
            await send(message)

    return wording


def dressed(send: Send, origin: str, embedding: Headers) -> Send:
    """Every answer carries our headers, and none lets another origin read it but one that was named."""
    more = HEADERS | embedding
    if origin:
        more |= {name: origin.encode() if value is None else value for name, value in NAMED_ORIGIN.items()}

    async def dressing(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [h for h in message["headers"] if not h[0].lower().startswith(b"access-control-")]
            own = {name.lower() for name, _ in kept}
            message = {**message, "headers": kept + [h for h in more.items() if h[0] not in own]}
        await send(message)

    return dressing
