"""What of OpenAI's API is not here, and why: the answer to every address under /v1 that has no room."""

from __future__ import annotations

from starlette.routing import Match
from starlette.types import Receive, Scope, Send

from studio.api.openai.errors import answer

WHY = {
    "/v1/audio/transcriptions": "This studio does not listen to speech. What it reads aloud comes with its captions,"
    " a time for each word: GET /api/v1/jobs/{id} has them beside the sound.",
    "/v1/audio/translations": "This studio does not listen to speech.",
    "/v1/chat": "This studio makes pictures, shots, music and voices; it does not chat. STUDIO_LLM_URL names the model"
    " that it asks itself.",
    "/v1/responses": "This studio makes pictures, shots, music and voices; it does not chat.",
    "/v1/embeddings": "This studio makes pictures, shots, music and voices; it makes no embeddings.",
    "/v1/videos/edits": "Films are changed with POST /v1/videos/{id}/remix, or on the timeline.",
    "/v1/videos/extensions": "A film is made longer on the timeline: see /api/v1/docs.",
}


class Unserved:
    """An ASGI app, so that its route takes every method."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        why = next((words for start, words in WHY.items() if path.startswith(start)), "")
        routes = scope["app"].router.routes
        if not why and any(route.matches(scope)[0] is Match.PARTIAL for route in routes):
            refusal = answer(405, f"{path} does not take {scope['method']}.", None, "method_not_allowed")
        else:
            words = f"Unknown request URL: {scope['method']} {path}. {why}".strip()
            refusal = answer(404, words, None, "unknown_url")
        await refusal(scope, receive, send)
