"""The page on which anyone checks an extract, as a browser shows it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.api.office import INSTITUTIONS, Json, Office, recorded

CHROMIUM = shutil.which("chromium")
ENOUGH = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3)."""


@pytest.fixture(scope="module")
def issued(office: Office) -> Json:
    """An extract of a school whose name would break a page that took it for markup."""
    entry = office.register("2020-03-02", name="<b>Skola</b>")["entry"]
    return recorded(office.clerk.post(f"{INSTITUTIONS}/{entry}/extracts", json={"as_of": "2020-12-31"}))


def path_of(issued: Json, code: str | None = None) -> str:
    return f"/check/{issued['number']}?hash={issued['code'] if code is None else code}"


class Seen(HTMLParser):
    """The elements of a page, and the text within each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        for tag in set(self._open):
            self.texts[tag] = self.texts.get(tag, "") + data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]


def shown_by_a_browser(address: str, folder: Path) -> str:
    """The page's elements after a browser has loaded it."""
    if CHROMIUM is None:
        assert "CI" not in os.environ, "CI needs chromium"
        pytest.skip("chromium is not installed")
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--accept-lang=lv",
         f"--user-data-dir={folder}", "--dump-dom", address],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout.decode()


def test_a_browser_shows_a_holder_that_the_extract_is_genuine(office: Office, issued: Json, tmp_path: Path) -> None:
    seen = Seen(shown_by_a_browser(f"{office.server}{path_of(issued)}", tmp_path))
    assert "Izraksts ir īsts" in seen.texts["section"]
    assert "Izglītības iestāžu reģistrs: stāvoklis 2020. gada 31. decembrī" in seen.texts["section"]
    assert "nav mainījies" in seen.texts["section"]
    assert "Skola" not in seen.texts["body"]
    assert seen.all("script") == []


@pytest.mark.parametrize(
    ("code", "said"),
    [("", "Izraksts ar šādu numuru ir izsniegts"), ("0123 4567 89ab cdef", "Izraksts neatbilst izsniegtajam"),
     ("<script>alert(1)</script>", "Izraksts neatbilst izsniegtajam")],
)  # fmt: skip
def test_the_page_says_when_no_code_or_another_is_given(office: Office, issued: Json, code: str, said: str) -> None:
    answer = office.anyone.get(f"/check/{issued['number']}", params={"hash": code} if code else {})
    seen = Seen(answer.text)
    assert said in seen.texts["section"]
    assert "2020" not in seen.texts["section"].replace(issued["number"], "").replace("2026", "")
    assert seen.all("script") == []
    (field,) = seen.all("input")
    assert field["value"] == ("0123 4567 89ab cdef" if code.startswith("0") else field["value"])


def test_the_page_says_that_there_is_no_extract_of_a_number(office: Office) -> None:
    for number in ("2019-000001", "nekas", "%3Cscript%3E"):
        seen = Seen(office.anyone.get(f"/check/{number}").text)
        assert "Izraksta ar šādu numuru nav" in seen.texts["section"]
        assert (seen.all("script"), seen.all("form")) == ([], [])


def test_the_page_of_a_revoked_extract_says_so_in_the_language_of_who_reads_it(office: Office) -> None:
    entry = office.register("2020-03-02")["entry"]
    other = recorded(office.clerk.post(f"{INSTITUTIONS}/{entry}/extracts", json={}))
    recorded(office.clerk.post(f"/extracts/{other['number']}/revocation", json={"reason": "Kļūda"}))
    for language, said in (("lv", "Izraksts ir atsaukts"), ("en", "The extract was revoked")):
        answer = office.anyone.get(path_of(other), headers={"Accept-Language": language})
        seen = Seen(answer.text)
        assert said in seen.texts["section"]
        assert seen.all("html") == [{"lang": language}]
        assert answer.headers["content-language"] == language


def test_the_page_can_be_read_by_anyone(office: Office, issued: Json) -> None:
    answer = office.anyone.get(path_of(issued))
    seen = Seen(answer.text)
    (html,) = seen.all("html")
    assert html["lang"] == "lv"
    assert issued["number"] in seen.texts["title"]
    levels = [int(tag[1]) for tag, _ in seen.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels == [1, 2]
    assert len(seen.all("main")) == len(seen.all("header")) == 1
    ids = [attributes["id"] for _, attributes in seen.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    (field,), (label,) = seen.all("input"), seen.all("label")
    assert label["for"] == field["id"]
    assert field["aria-describedby"] in ids
    assert any(meta.get("name") == "viewport" for meta in seen.all("meta"))
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_all_text_of_the_page_stands_out_from_its_ground() -> None:
    style = (Path(__file__).parents[2] / "api" / "pages" / "check.html").read_text()
    on_white = set(re.findall(r"(?<![-\w])color: (#[0-9a-f]{3,6})", style)) - {"#fff"}
    assert {"#1c2733", "#4a5866", "#a3231b", "#1b6b3a", "#1f4e79"} <= on_white
    for colour in on_white:
        for ground in ("#ffffff", "#f4f6f9"):
            assert contrast(colour, ground) >= ENOUGH, (colour, ground)
    for ground in re.findall(r"background: (#[0-9a-f]{6}); color: #fff", style):
        assert contrast("#ffffff", ground) >= ENOUGH


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.2), from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
