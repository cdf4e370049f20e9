"""pytest-playwright drives Debian's Chromium; nothing is downloaded, nothing phones home."""

import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

# What a busy machine is waited for; where a page promises seconds its test says so itself.
expect.set_options(timeout=30_000)

BROWSER_FIXTURES = {"browser", "context", "page", "new_context", "visit"}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
# Suggestions under the address bar, which are web pages of their own in every window.
BAR = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup"
# Chromium heeds the last list of features it is given, so this one begins with what Playwright
# turns off. The others are what a window or a move to the next page costs most, and what no page
# can see: the bar's suggestions, and a new frame in the browser's own books for each page in
# place of the one that is there.
OFF = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,"
    "NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch,"
    f"{BAR},RenderDocument,RenderDocumentLevel"
)
LIGHT = [f"--disable-features={OFF}"]
MISSING = (
    "Chromium is not here: install it with "
    "'apt install chromium chromium-driver fonts-noto-core fonts-dejavu-core'."
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BROWSER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip(MISSING)
    return {**browser_type_launch_args, "executable_path": chromium, "args": [*FLAGS, *LIGHT]}
