"""A mask is painted in a real browser, over the picture that it is for."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect


def test_a_mask_is_painted_by_hand_and_by_key_and_kept_in_the_library(page, server, tmp_path):
    Image.new("RGB", (320, 160), "navy").save(tmp_path / "source.png")
    page.goto(f"{server.url}/?tab=image")
    expect(page.locator("homereel-header .pill")).to_be_visible()
    page.locator("#image-model input").click()
    page.get_by_role("option", name="Stable Diffusion XL").click()
    brush = page.locator("#image-mask .paint")
    expect(brush).to_be_visible()
    brush.click()
    expect(page.locator(".toast")).to_contain_text("Choose the source first")
    with page.expect_file_chooser() as chooser:
        page.locator("#image-source .add").click()
        page.get_by_role("button", name="Upload").click()
    chooser.value.set_files(tmp_path / "source.png")
    expect(page.locator("#image-source .chosen img")).to_be_visible()

    brush.click()
    painter = page.locator("dialog.painter[data-ready]")
    sheet = painter.locator("canvas")
    expect(sheet).to_be_focused()
    box = sheet.bounding_box()

    def stroke(x0: float, y0: float, x1: float, y1: float) -> None:
        page.mouse.move(box["x"] + box["width"] * x0, box["y"] + box["height"] * y0)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * x1, box["y"] + box["height"] * y1, steps=4)
        page.mouse.up()

    stroke(0.1, 0.5, 0.3, 0.5)
    stroke(0.6, 0.1, 0.6, 0.9)
    expect(painter).to_have_attribute("data-strokes", "2")
    page.keyboard.press("Control+z")
    expect(painter).to_have_attribute("data-strokes", "1")
    page.keyboard.down(" ")
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    page.keyboard.up(" ")
    expect(painter).to_have_attribute("data-strokes", "2")
    with page.expect_response(lambda r: r.url.endswith("/api/v1/assets") and r.request.method == "POST") as kept:
        painter.get_by_role("button", name="Use this mask").click()
    expect(page.locator("#image-mask .chosen img")).to_be_visible()
    asset = kept.value.json()["id"]
    with server.client() as http:
        mask = Image.open(io.BytesIO(http.get(f"/api/v1/assets/{asset}/file").content)).convert("L")
    assert mask.size == (320, 160)
    assert mask.getpixel((64, 80)) == 255, "the first stroke"
    assert mask.getpixel((192, 40)) == 0, "the second was taken back"
    assert mask.getpixel((192, 144)) == 255, "by key, from where the brush was"

    brush.click()
    expect(painter).to_be_visible()
    page.keyboard.press("i")
    with page.expect_response(lambda r: r.url.endswith("/api/v1/assets") and r.request.method == "POST") as kept:
        painter.get_by_role("button", name="Use this mask").click()
    with server.client() as http:
        content = http.get(f"/api/v1/assets/{kept.value.json()['id']}/file").content
    turned = Image.open(io.BytesIO(content)).convert("L")
    assert (turned.getpixel((64, 80)), turned.getpixel((192, 40))) == (0, 255), (
        "a mask is gone on with, and turned over"
    )
