"""``regesta verify``: the auditor's command."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from psycopg.conninfo import conninfo_to_dict

from api.cli.output import FOUND, Form, FormOption, err, out, progress, refuse, show, show_document
from api.log_signer import log_signer
from api.settings import Settings, read_settings
from domain.catalogue import Catalogue
from domain.registers import all_registers
from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.database import EmbeddedServer, connect_to_read, migrate
from ledger.key_files import KeyRefused
from ledger.note import Note, NoteRefused, VerifierKey, check_note, signatures_by
from ledger.outside import ENDS_FILE, End, Ends
from ledger.signing import HEAD_FILE, LogHead, SigningRefused
from projections.engines.manifest import ArchiveRefused
from replay.shares import RebuildFailed
from replay.verify.pieces import ReadingFailed
from replay.verify.report import WRITERS, conclusion, document
from replay.verify.sealed import Kept
from replay.verify.verify import Verified, verify

UNFINISHED = (ReadingFailed, RebuildFailed)
"""Verifying could not be brought to its end: of the ledger, nothing is said."""
Keys = Annotated[
    list[str] | None,
    typer.Option("--key", help="Verifier key of the log, or a file that holds it; several times. Default: this log's."),
]
Checkpoints = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoint", exists=True, dir_okay=False, help="A checkpoint kept outside the database; several times."
    ),
]


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("verify")(verify_ledger)


def verify_ledger(
    database: Annotated[
        str | None, typer.Option(help="Address of a PostgreSQL database, e.g. a restored backup. Default: the ledger.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Verify this archive of the acts instead of a database.")
    ] = None,
    key: Keys = None,
    checkpoint: Checkpoints = None,
    projections: Annotated[
        bool,
        typer.Option("--projections/--no-projections", help="Read each act and compare with a fresh replay."),
    ] = True,
    report: Annotated[
        Path | None, typer.Option(dir_okay=False, help="File to write a report to: .html, .md, .txt or .json.")
    ] = None,
    form: FormOption = Form.table,
) -> None:
    """Verify that nothing in the ledger was changed, lost, added or put in another order.

    Every act is read and hashed again; the tree, its tiles and every checkpoint are held against them, and everything
    beside the acts against what these commit to. Nothing is written to the database. The first thing that is wrong is
    named by table, row and column, with exit code 1.
    """
    if report is not None and report.suffix not in WRITERS:
        raise refuse(f"--report: expected a file ending in {', '.join(WRITERS)}, met {report.name}")
    if database is not None and archive is not None:
        raise refuse("expected --database or --archive, met both")
    try:
        given = [_key(each) for each in key or []]
        verified, subject = _verified(database, archive, given, checkpoint or [], projections)
    except (
        NoteRefused,
        CheckpointRefused,
        KeyRefused,
        SigningRefused,
        ArchiveRefused,
        OSError,
        *UNFINISHED,
    ) as refused:
        raise refuse(f"verify: {refused}") from None
    _tell(verified, subject, form)
    if report is not None:
        report.write_text(WRITERS[report.suffix](verified, subject), encoding="utf-8")
        err.print(f"Report written to {report}.", highlight=False)
    if verified.finding is not None:
        raise typer.Exit(FOUND)


def _verified(
    database: str | None, archive: Path | None, given: list[VerifierKey], files: list[Path], projections: bool
) -> tuple[Verified, str]:
    if archive is not None:
        from replay.verify.archived import verify_archive  # slow to import

        keys = given or [_own_key(read_settings())]
        return verify_archive(archive, keys, _kept(files, keys)), f"archive {archive}"
    if database is not None:
        kept = _kept(files, given)
        return _of_database(database, given, kept, {}, projections), _without_password(database)
    settings = read_settings()
    keys = given or [_own_key(settings)]
    kept = _kept(files, keys)
    with _live(settings) as url:
        head, ends = _head(settings, url), Ends(settings.keys / ENDS_FILE).read()
        return _of_database(url, keys, [*kept, *head], ends, projections), "the ledger of this service"


def _of_database(
    url: str, keys: list[VerifierKey], kept: list[Kept], ends: dict[str, End], projections: bool
) -> Verified:
    catalogue = Catalogue(all_registers())
    with _scratch(projections) as scratch, progress("Verifying") as advance:
        return verify(url, catalogue, keys=keys, outside=kept, ends=ends, scratch_url=scratch, progress=advance)


def _key(text: str) -> VerifierKey:
    file = Path(text)
    return VerifierKey.parse(file.read_text().strip() if "+" not in text and file.exists() else text)


def _own_key(settings: Settings) -> VerifierKey:
    """The key of this service's log, from the keys folder or the token."""
    if not settings.keys.exists():
        raise KeyRefused(f"no log has been kept here (no {settings.keys}): name a verifier key with --key")
    return log_signer(settings).signer.verifier_key


def _kept(files: list[Path], keys: list[VerifierKey]) -> list[Kept]:
    """Checkpoints in files, each signed by one of the keys."""
    found = []
    for file in files:
        note = Note.parse(file.read_bytes())
        signers = [key for key in keys if signatures_by(note, key)]
        if not signers:
            raise NoteRefused(f"{file}: expected a signature by {', '.join(map(str, keys)) or 'a --key'}, met none")
        check_note(note, signers[0])
        found.append(Kept(f"the checkpoint in {file.name}", Checkpoint.parse(note.text)))
    return found


@contextmanager
def _live(settings: Settings) -> Iterator[str]:
    """The database of the settings; nothing in it is changed."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    folder = settings.data_folder / "postgres"
    if not folder.exists():
        raise FileNotFoundError(f"{folder}: expected the ledger's data, met none")
    server = EmbeddedServer(folder)
    try:
        yield server.url
    finally:
        server.stop()


def _head(settings: Settings, url: str) -> list[Kept]:
    """The last tree that was signed, as the keys folder remembers it; its checkpoint may be just being written."""
    checkpoint = LogHead(settings.keys / HEAD_FILE).read()
    if checkpoint is None:
        return []
    with connect_to_read(url) as connection:
        connection.autocommit = True
        for _ in range(_TRIES):
            row = connection.execute("SELECT FROM ledger.checkpoints WHERE size >= %s", (checkpoint.size,)).fetchone()
            if row is not None:
                break
            time.sleep(_SECONDS)
    return [Kept("the last tree signed (log-head in the keys folder)", checkpoint)]


_TRIES, _SECONDS = 20, 0.1


@contextmanager
def _scratch(wanted: bool) -> Iterator[str | None]:
    """A database to replay into, on a server of its own, if one is wanted."""
    if not wanted:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="regesta-verify-") as folder:
        server = EmbeddedServer(Path(folder) / "postgres")
        try:
            migrate(server.url)
            yield server.url
        finally:
            server.stop()


def _without_password(url: str) -> str:
    parts = conninfo_to_dict(url)
    return f"database {parts.get('dbname', '')} at {parts.get('host', 'localhost')}"


def _tell(verified: Verified, subject: str, form: Form) -> None:
    if form is Form.json:
        show_document(document(verified, subject))
        return
    rows = [{"table": table, "rows": count} for table, count in verified.rows.items()]
    if form is Form.csv:
        show(rows, form)
    elif rows:
        show(rows, form, f"Read and found right in {verified.seconds:.1f} s")
    if verified.finding is not None:
        err.print(conclusion(verified), style="red", highlight=False)
    elif form is Form.table:
        same = " The registers equal a fresh replay." if verified.replayed else ""
        out.print(conclusion(verified) + same, highlight=False)
