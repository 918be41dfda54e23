"""Programs in Go that read what we write with Go's own packages, compiled for a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parent / "reference"


def compiled(name: str, folder: Path) -> Path:
    """The program ``reference/NAME/main.go``, compiled into ``folder``; without Go skips, but not where CI is set."""
    go = shutil.which("go")
    if go is None and "CI" not in os.environ:
        pytest.skip("no go (CI would fail here)")
    assert go is not None
    settings = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "CGO_ENABLED": "0"}
    cache = {"GOCACHE": os.environ.get("GOCACHE", str(Path.home() / ".cache" / "go-build"))}
    command = [go, "build", "-o", str(folder / name), str(REFERENCE / name / "main.go")]
    subprocess.run(command, env={**os.environ, **settings, **cache}, check=True, capture_output=True)
    return folder / name
