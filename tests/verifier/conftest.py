"""What the tests of the page share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.verifier.chromium import Page, page


@pytest.fixture(scope="package")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The page in a browser, which all tests of this folder look at."""
    with page(tmp_path_factory.mktemp("browser")) as shown:
        yield shown
