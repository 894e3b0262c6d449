"""The assistant's panel in a real browser: asked, answered, shown step by step, and taken back."""

from __future__ import annotations

from playwright.sync_api import expect

from test_window import project_of, window  # noqa: F401


def test_a_request_is_asked_about_done_and_taken_back(window, server):  # noqa: F811
    page = window("queue")
    with server.client() as client:
        project = client.post("/api/v1/projects/sample").json()["id"]
    page.goto(f"{server.url}/?tab=queue&project={project}")
    opener = page.get_by_role("button", name="Assistant", exact=True)
    opener.click()
    panel = page.get_by_role("dialog", name="Assistant")
    field = panel.get_by_label("What should be different?")
    field.fill("title: The Last Boat and then shorten it to 4 seconds")
    field.press("Enter")
    question = panel.get_by_role("group", name="The assistant asks")
    expect(question).to_contain_text("takes away what comes after it")
    question.get_by_role("button", name="Yes, do it").click()
    expect(panel.locator(".says[data-kind=did]")).to_have_count(2)
    expect(page.get_by_label("Project title")).to_have_value("The Last Boat")
    before = project_of(page, server)["timeline"]
    panel.get_by_role("button", name="Take back").click()
    expect(panel).to_contain_text("It is as it was before.")
    assert project_of(page, server)["timeline"] != before
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
