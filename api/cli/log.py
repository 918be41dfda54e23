"""``regesta log``: the transparency log on the command line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import Connection

from api.cli import outside
from api.cli.output import NOTHING, err, refuse, show_document
from api.errors import NotFound
from api.log import consistency_document, inclusion_document, newest_note_of, proof_file_of
from api.log_keys import rotated
from api.service import running
from api.settings import read_settings

Position = Annotated[int, typer.Argument(min=0, help="Position of the act.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    log = typer.Typer(help="The transparency log: what is signed, and proofs of it.", no_args_is_help=True)
    log.command()(checkpoint)
    log.command()(key)
    log.command()(proof)
    log.command()(consistency)
    outside.add_to(log)
    log.command()(rotate_key)
    app.add_typer(log, name="log")


def checkpoint() -> None:
    """Print the newest checkpoint: a signed note."""
    with _connection() as connection:
        sys.stdout.write(newest_note_of(connection).decode())


def key() -> None:
    """Print the key that checks checkpoints, as name+number+key."""
    with running(read_settings()) as service:
        sys.stdout.write(f"{service.sealer.verifier_key}\n")


def proof(
    position: Position,
    size: Annotated[int | None, typer.Option(min=1, help="Prove it in the tree of so many acts, as JSON.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write the proof file here, e.g. act.tlog-proof.")] = None,
) -> None:
    """Prove that an act is in the log: print its proof file, which is checked without the log."""
    with _connection() as connection:
        if size is not None:
            show_document(inclusion_document(connection, position, size))
        elif output is not None:
            output.write_bytes(proof_file_of(connection, position))
        else:
            sys.stdout.write(proof_file_of(connection, position).decode())


def consistency(
    smaller: Annotated[int, typer.Argument(min=1, help="How many acts the tree had.")],
    larger: Annotated[int, typer.Argument(min=1, help="How many it has.")],
) -> None:
    """Prove that a tree only adds to a smaller one."""
    with _connection() as connection:
        show_document(consistency_document(connection, smaller, larger))


def rotate_key(
    key: Annotated[
        str | None, typer.Option(help="Label of the new key pair, where a token holds the log's key; make it first.")
    ] = None,
) -> None:
    """Let another key sign the log from now on. The ledger tells of it, signed by both; the old one is destroyed.

    A token's key is not destroyed: set REGESTA_LOG_PKCS11_KEY to the new label, and restart what serves.
    """
    settings = read_settings()
    if (key is None) != (settings.log_pkcs11_module is None):
        raise refuse("--key: expected with a token, and only then")
    with running(settings) as service:
        new = rotated(settings, service.database, service.ledger, service.recording, service.sealer, key)
        sys.stdout.write(f"{new}\n")


@contextmanager
def _connection() -> Iterator[Connection[Any]]:
    with running(read_settings()) as service:
        service.sealer.seal()
        try:
            with service.database.pool.connection() as connection:
                yield connection
        except NotFound as error:
            err.print(str(error), highlight=False)
            raise typer.Exit(NOTHING) from None
