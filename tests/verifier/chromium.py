"""The page in Chromium, opened from disk, asked over the DevTools protocol."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

VERIFIER = Path(__file__).parents[2] / "verifier"
CHROMIUM = shutil.which("chromium")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="Chromium is not installed: the page can't be opened"
)


class Page:
    """The page, loaded and ready."""

    def __init__(self, devtools: ClientConnection) -> None:
        self._devtools, self._number = devtools, 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol."""
        self._number += 1
        self._devtools.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._devtools.recv(timeout=60))
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def run(self, script: str) -> Any:
        """What a script gives, promises waited for."""
        result = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def verdicts(self, asked: Sequence[tuple[list[bytes], list[str]]]) -> list[tuple[str, str]]:
        """(outcome, code) of each set of files and keys, by the page's own code."""
        told = [([base64.b64encode(file).decode() for file in files], keys) for files, keys in asked]
        found = self.run(
            "(async () => { const found = []; for (const [files, keys] of " + json.dumps(told) + ") {"
            " const contents = files.map((file) => Uint8Array.from(atob(file), (each) => each.charCodeAt(0)));"
            " const { outcome, code } = await regesta.verdict(contents, keys); found.push([outcome, code]); }"
            " return found; })()"
        )
        return [(outcome, code) for outcome, code in found]

    def drop(self, files: Sequence[Path], keys: str) -> str:
        """Choose files and type keys as a person would; what the page then shows."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        chosen = self.call("DOM.querySelector", nodeId=root, selector="#files")["nodeId"]
        typed = f"find = document.querySelector('#keys'); find.value = {json.dumps(keys)};"
        self.run(f"{{ let find; {typed} find.dispatchEvent(new Event('input')); }}")
        self.call("DOM.setFileInputFiles", nodeId=chosen, files=[str(file) for file in files])
        for _ in range(200):
            shown = self.run(
                "document.querySelector('#verdict').hidden ? '' : document.querySelector('#verdict').innerText"
            )
            if shown:
                return str(shown)
            time.sleep(0.05)
        raise AssertionError("the page showed no verdict")

    def screenshot(self) -> bytes:
        """The page as it looks, a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])


@contextmanager
def page(folder: Path, language: str = "lv") -> Iterator[Page]:
    """The page, in a browser with a fresh profile in ``folder`` and no network."""
    assert CHROMIUM is not None
    command = [
        CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", f"--lang={language}",
        f"--accept-lang={language}", f"--user-data-dir={folder}", "--window-size=1000,1250",
        "--host-resolver-rules=MAP * ~NOTFOUND", (VERIFIER / "index.html").as_uri(),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as browser:
        try:
            port, path = _devtools(folder / "DevToolsActivePort")
            with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None) as whole:
                target = Page(whole)
                (found,) = [
                    each["targetId"]
                    for each in target.call("Target.getTargets")["targetInfos"]
                    if each["type"] == "page"
                ]
            with connect(f"ws://127.0.0.1:{port}/devtools/page/{found}", max_size=None, proxy=None) as one:
                opened = Page(one)
                for _ in range(400):
                    if opened.run("document.readyState === 'complete' && typeof regesta !== 'undefined'"):
                        break
                    time.sleep(0.05)
                yield opened
        finally:
            browser.terminate()


def _devtools(file: Path) -> tuple[str, str]:
    for _ in range(1200):
        if file.exists() and len(lines := file.read_text().splitlines()) == 2:
            return lines[0], lines[1]
        time.sleep(0.05)
    raise AssertionError("the browser did not start")
