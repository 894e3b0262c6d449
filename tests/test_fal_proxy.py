"""The address that stands for fal's own, as a page's server has one: it leads to ours alone."""

from __future__ import annotations

import json

import pytest

from conftest import until
from faldoor import FOX, at_fault, client, jobs
from studio import api


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (None, 400),
        ("https://evil.example/fal-ai/flux/dev", 412),
        ("http://queue.fal.run/fal-ai/flux/dev", 412),
        ("https://queue.fal.run.evil.example/x", 412),
        ("https://queue.fal.run@evil.example/x", 412),
        ("https://queue.fal.run/", 412),
        ("https://[", 412),
        ("https://queue.fal.run/../../api/v1/jobs", 404),
        ("https://fal.run/%2e%2e/%2e%2e/api/v1/jobs", 404),
        ("https://rest.fal.ai/../api/v1/jobs", 404),
        ("https://rest.fal.ai/nothing", 404),
    ],
)
def test_the_proxy_leads_to_fals_addresses_alone(client, target, status):
    before = jobs(client)
    answer = client.post("/api/fal", json=FOX, headers={"x-fal-target-url": target} if target else {})
    at_fault(answer, status)
    assert jobs(client) == before


def test_the_proxy_takes_every_method_and_keeps_the_query(client):
    asked = client.post(
        "/api/fal", json=FOX, headers={"x-fal-target-url": "https://queue.fal.run/fal-ai/flux/dev"}
    ).json()
    at = f"https://queue.fal.run/fal-ai/flux/requests/{asked['request_id']}"
    said = client.get("/api/fal/proxy", headers={"x-fal-target-url": f"{at}/status?logs=1"}).json()
    assert said["logs"]
    until(lambda: client.get("/api/fal", headers={"x-fal-target-url": at}).status_code == 200)
    over = client.put("/api/fal", headers={"x-fal-target-url": f"{at}/cancel"})
    assert over.json()["status"] == "ALREADY_COMPLETED"


def test_no_other_method_and_no_other_address_of_fals_is_left_to_the_window(client):
    for method, path in (
        ("GET", "/fal"),
        ("DELETE", "/fal/queue/x"),
        ("GET", "/fal-ai/flux/dev"),
        ("PATCH", "/fal/run/x"),
    ):
        assert "detail" in client.request(method, f"{path}").text or path == "/fal"
