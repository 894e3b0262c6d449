"""The cutting room on a tablet: fingers choose, move, trim and zoom, by the browser's own touch events."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from conftest import until
from test_cutting_room import API, Room


@pytest.fixture
def tablet(browser, server):
    """The sample, open on a tablet held sideways."""
    context = browser.new_context(viewport={"width": 1180, "height": 820}, has_touch=True, is_mobile=True)
    page = context.new_page()
    with server.client() as client:
        project = client.post(f"{API}/projects/sample").json()["id"]
        page.goto(f"{server.url}/?tab=timeline&project={project}")
        page.locator(".clip").first.wait_for()
        yield Room(page, client, project)
    context.close()


@pytest.fixture
def touch(tablet):
    line = tablet.page.context.new_cdp_session(tablet.page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": n} for n, (x, y) in enumerate(points)]
        line.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    return send


def middle(box: dict) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_first_touch_chooses_and_the_next_takes_hold(tablet, touch):
    start = tablet.row(0)
    x, y = middle(tablet.place(0, 2))
    tablet.page.touchscreen.tap(x, y)
    expect(tablet.clip(0, 2)).to_have_attribute("aria-pressed", "true")
    assert tablet.row(0) == start

    edge = tablet.clip(0, 2).locator(".edge.right")
    x, y = middle(until(edge.bounding_box))
    with tablet.page.expect_response(lambda r: "/edits" in r.url):
        touch("touchStart", (x, y))
        for step in range(1, 6):
            touch("touchMove", (x - 8 * step, y))
        touch("touchEnd")
    trimmed = tablet.row(0)
    assert trimmed[2][1] < start[2][1]
    assert len(trimmed) == len(start)


def test_two_fingers_apart_look_closer_and_change_nothing(tablet, touch):
    before, start = tablet.place(0, 2), tablet.row(0)
    x, y = middle(before)
    touch("touchStart", (x - 30, y), (x + 30, y))
    for step in range(1, 6):
        touch("touchMove", (x - 30 - 12 * step, y), (x + 30 + 12 * step, y))
    touch("touchEnd")
    until(lambda: tablet.place(0, 2)["width"] > 1.2 * before["width"])
    assert tablet.row(0) == start
