"""Makes docs/pictures/ from the demo, in Debian's Chromium: `.venv/bin/python tools/screenshots.py`."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PASSPHRASE = "river lamp seven bread"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 780}

# Name, who looks, how they get there, viewport, colours, language.
SHOTS = (
    ("room-desktop-light", "noor", ("/rooms", "Commons"), DESKTOP, "light", "en"),
    ("room-phone-dark", "noor", ("/rooms", "Commons"), PHONE, "dark", "en"),
    ("round-desktop-light", "cora", ("/mentoring/rounds", "Round 1"), DESKTOP, "light", "en"),
    ("queue-desktop-light", "mo", ("/moderation/queue", "offer of work"), DESKTOP, "light", "en"),
    ("hours-desktop-dark", "noor", ("/mentoring/profile/mentee/hours",), DESKTOP, "dark", "en"),
    ("rooms-phone-rtl", "noor", ("/rooms",), PHONE, "light", "ar"),
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: str, port: int) -> subprocess.Popen[bytes]:
    """The demo, in a folder of its own."""
    environ = os.environ | {
        "PEER_DATA_DIR": folder,
        "PEER_DEMO_PASSPHRASE": PASSPHRASE,
        "PORT": str(port),
    }
    site = subprocess.Popen([sys.executable, "-m", "peer.cli", "demo"], cwd=ROOT, env=environ)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return site
        except OSError:
            time.sleep(0.2)
    site.terminate()
    sys.exit("The demo does not answer.")


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("[name=username]", name)
    page.fill("[name=passphrase]", PASSPHRASE)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{address}/")


def take(browser: Browser, address: str, shot: tuple) -> None:  # type: ignore[type-arg]
    name, who, way, viewport, colours, language = shot
    context = browser.new_context(viewport=viewport, color_scheme=colours)
    page = context.new_page()
    sign_in(page, address, who)
    page.goto(f"{address}{way[0]}?lang={language}")
    if len(way) > 1:
        page.locator("main a", has_text=way[1]).first.click()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    page.reload()  # the font is there now, as on any second page
    page.wait_for_timeout(500)
    page.screenshot(path=PICTURES / f"{name}.png")
    context.close()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        site = start(folder, port)
        try:
            browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
            for shot in SHOTS:
                take(browser, f"http://127.0.0.1:{port}", shot)
                print(f"docs/pictures/{shot[0]}.png")
        finally:
            site.terminate()
            site.wait(30)


if __name__ == "__main__":
    main()
