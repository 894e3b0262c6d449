"""The sheet "Make it real" in the browser: from the plan to finals that are kept or gone back from."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import until
from pipelines import own

SMALL = {"width": 256, "height": 256}


@pytest.fixture(scope="module")
def painter(server):
    """A model of one's own that is no draft, and as quick as one."""
    facts = {"task": "image", "title": "Real painter", "licence": "CC-BY-4.0"}
    family, file = "pipelines.draft.image:DraftImage", server.home / "models.toml"
    own.add(file, own.entry(id="real-painter", repo=str(server.home / "library"), family=family, **facts))
    yield
    own.forget(file, "real-painter")


@pytest.fixture
def project(server, painter):
    """A film of two drafts in the shared studio."""
    with server.client() as http:
        drafts = []
        for words in ("a lighthouse", "a windmill"):
            options = {"prompt": words, "seed": 5, **SMALL}
            job = http.post("/api/v1/jobs", json={"model": "draft-image", "options": options}).json()
            drafts.append(server.done(job["id"])["assets"][0]["id"])
        clips = [{"type": "clip", "asset": draft, "in": 0, "frames": 20} for draft in drafts]
        film = {"version": 1, "fps": "30/1", "width": 640, "height": 360, "tracks": [{"kind": "video", "items": clips}]}
        made = http.post("/api/v1/projects", json={"title": "To be real", "timeline": film}).json()
        yield made["id"], drafts, http


def test_a_film_is_made_real_and_one_clip_gone_back_from(server, page, project):
    id, drafts, http = project
    page.goto(f"{server.url}/?project={id}")
    page.get_by_role("tab", name="Timeline").click()
    page.locator(".inspector").get_by_role("button", name="Make it real…").click()
    sheet = page.get_by_role("dialog", name="Make it real")
    sheet.get_by_label("Pictures").select_option(label="Real painter")
    expect(sheet.get_by_role("list", name="Models")).to_contain_text("2 takes · CC-BY-4.0")
    sheet.get_by_role("button", name="Make 2 takes").click()
    finals = sheet.get_by_role("list", name="Drafts and their finals").get_by_role("listitem")
    expect(sheet.get_by_role("button", name="Go back")).to_have_count(2, timeout=60_000)
    finals.first.get_by_role("button", name="Go back").click()
    expect(finals.first.get_by_role("button", name="Use the final")).to_be_visible()
    finals.last.get_by_role("button", name="Keep").click()
    expect(finals.last.get_by_role("button", name="Kept")).to_be_visible()
    items = http.get(f"/api/v1/projects/{id}").json()["timeline"]["tracks"][0]["items"]
    assert items[0]["asset"] == drafts[0]
    assert items[1]["asset"] not in drafts
    sheet.get_by_role("button", name="Close").click()
    expect(page.locator(".clip")).to_have_count(2)


def test_the_plan_is_told_over_http_and_changes_nothing(project):
    id, drafts, http = project
    before = http.get(f"/api/v1/projects/{id}").json()
    plan = http.get(f"/api/v1/projects/{id}/conform/plan", params={"image": "real-painter"}).json()
    assert [take["draft"] for take in plan["takes"]] == drafts
    assert (plan["ready"], plan["models"][0]["licence"]) == (True, "CC-BY-4.0")
    assert http.get(f"/api/v1/projects/{id}").json() == before
    key = {"Idempotency-Key": f"real-{id}"}
    asked = {"models": {"image": "real-painter"}}
    job = http.post(f"/api/v1/projects/{id}/conform", json=asked, headers=key)
    again = http.post(f"/api/v1/projects/{id}/conform", json=asked, headers=key)
    assert (job.status_code, again.status_code, again.json()["id"]) == (202, 200, job.json()["id"])
    until(lambda: all(one["final"] for one in http.get(f"/api/v1/projects/{id}/conform").json()["items"]))


@pytest.mark.parametrize(
    ("models", "status"),
    [
        ({"image": "nobody"}, 404),
        ({"image": "draft-music"}, 422),
        ({"food": "x"}, 422),
        ({"image": "flux-schnell"}, 409),
        ({}, 409),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_cure(project, models, status):
    id, _, http = project
    answer = http.post(f"/api/v1/projects/{id}/conform", json={"models": models})
    assert answer.status_code == status
    assert answer.json()["error"]["message"]
