"""``regesta witness``: a witness for a log of others, or of a neighbour office."""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import err, refuse
from ledger.note import ED25519, NoteRefused, VerifierKey
from ledger.witness import Witness, WitnessRefused


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command()(witness)


def witness(
    name: Annotated[str, typer.Option(help="The witness's name, e.g. witness.example.lv/one; part of its key.")],
    folder: Annotated[Path, typer.Option(help="Where its key and what it cosigned last lie. Never restore it.")],
    log: Annotated[list[str] | None, typer.Option(help="Verifier key of a log to watch; several times.")] = None,
    logs: Annotated[Path | None, typer.Option(help="File of such keys, one a line; # begins a comment.")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8001,
) -> None:
    """Cosign the checkpoints of logs, as long as each only adds to what it said before (C2SP tlog-witness).

    It makes its key when it starts in an empty folder, and prints the verifier key that logs need.
    """
    try:
        keys = _keys(log or [], logs)
        opened = Witness(folder, name, keys)
    except (NoteRefused, WitnessRefused, OSError, UnicodeDecodeError) as error:
        raise refuse(f"witness: {error}") from None
    import uvicorn  # slow to import

    from api.witness import witness_application

    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        sys.stdout.write(f"{opened.verifier_key}\n")
        sys.stdout.flush()
        err.print(f"Witnessing {len(keys)} keys of logs at http://{host}:{port} (stop with Ctrl-C)", highlight=False)
        uvicorn.run(witness_application(opened), host=host, port=port, log_level="warning", access_log=False)
    finally:
        opened.close()


def _keys(given: list[str], file: Path | None) -> list[VerifierKey]:
    lines = file.read_text(encoding="utf-8").splitlines() if file else []
    keys = [VerifierKey.parse(line) for line in given + [line.strip() for line in lines] if line and line[0] != "#"]
    if not keys:
        raise NoteRefused("logs: expected at least one verifier key of a log, met none")
    for key in keys:
        if (key.algorithm, len(key.public)) != (ED25519, 32):
            raise NoteRefused(f"log {key.name}: expected an Ed25519 key of type 1, met type {key.algorithm}")
    return keys
