"""A time stamp authority of a test's own: OpenSSL's ``ts`` behind HTTP, with a root and a certificate made for it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import NamedTuple

import pytest

CONFIG = """\
[ts]
default_tsa = tsa
[tsa]
serial = serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
[extensions]
extendedKeyUsage = critical,timeStamping
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature
"""


class Tsa(NamedTuple):
    """A running authority: its address, the folder with ``root.pem``, and how it answers (``well`` or badly)."""

    url: str
    folder: Path
    manner: list[str]

    @property
    def root(self) -> Path:
        """The certificate that vouches for it."""
        return self.folder / "root.pem"


def openssl(folder: Path, *arguments: str, given: bytes | None = None) -> bytes:
    """What the program printed; fails if it failed."""
    if shutil.which("openssl") is None and "CI" not in os.environ:
        pytest.skip("no openssl (CI would fail here)")
    return subprocess.run(["openssl", *arguments], cwd=folder, input=given, capture_output=True, check=True).stdout


@contextmanager
def authority(folder: Path) -> Iterator[Tsa]:
    """An authority with keys of its own in ``folder``."""
    folder.mkdir(parents=True)
    (folder / "ts.cnf").write_text(CONFIG)
    (folder / "serial").write_text("01\n")
    new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl(folder, *new, "-x509", "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Test root", "-days", "30")
    openssl(folder, *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Test authority")
    openssl(
        folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
        "-out", "tsa.pem", "-days", "30", "-extfile", "ts.cnf", "-extensions", "extensions",
    )  # fmt: skip
    manner, turn = ["well"], Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            if manner[0] == "not at all":
                self.send_error(503)
                return
            with turn:
                (folder / "query.tsq").write_bytes(asked)
                reply = ["ts", "-reply", "-queryfile", "query.tsq", "-config", "ts.cnf", "-section", "tsa"]
                made = openssl(folder, *reply, "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", "/dev/stdout")
                if manner[0] == "with its first answer":
                    first = folder / "first.tsr"
                    if first.exists():
                        made = first.read_bytes()
                    first.write_bytes(made)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(made)))
            self.end_headers()
            self.wfile.write(made)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Tsa(f"http://127.0.0.1:{server.server_port}/", folder, manner)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
