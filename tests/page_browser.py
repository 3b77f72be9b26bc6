"""Open a saved page in headless Chromium with no network, and read what it shows and says."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
CHROMEDRIVER = shutil.which("chromedriver")
SWITCHES = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--host-resolver-rules=MAP * ~NOTFOUND", "--hide-scrollbars",
    "--window-size=1440,900",
)  # fmt: skip


def missing_browser() -> str | None:
    """Return why no browser can be started, or `None`."""
    if CHROMIUM is None:
        return "Chromium is not installed"
    if CHROMEDRIVER is None:
        return "chromedriver is not installed"
    return None


def start_browser(profile: Path) -> Chrome:
    """Return a browser that keeps its console and its requests, and resolves no host."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = str(CHROMIUM)
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(str(CHROMEDRIVER)))


def open_page(browser: Chrome, path: Path, *, fragment: str = "") -> None:
    """Open a file and wait until its script says that it is ready."""
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get("about:blank")
    requests(browser)
    complaints(browser)
    browser.get(path.as_uri() + fragment)
    WebDriverWait(browser, 20).until(
        lambda page: page.find_element("tag name", "body").get_attribute("data-ready") == "1"
    )


def requests(browser: Chrome) -> list[str]:
    """Return the addresses asked for since last time, without data inside the page."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    return [url for url in asked if not url.startswith(("data:", "blob:", "about:", "chrome:"))]


def complaints(browser: Chrome) -> list[str]:
    """Return what the console said since last time."""
    return [str(entry["message"]) for entry in browser.get_log("browser")]


def run(browser: Chrome, script: str) -> Any:
    """Return the value of a script in the page."""
    return browser.execute_script(f"return {script}")
