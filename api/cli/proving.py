"""``regesta absence`` and ``regesta completeness``: files that prove what is not in a register, or that all is."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import FOUND, NOTHING, err, out, refuse
from api.cli.registers import AsOf, KnownAt, register_named
from api.errors import NotFound, NumberInRegister
from api.map_proofs import absence_file, commitment_for, completeness_file
from api.service import Service, running
from api.settings import read_settings
from domain.register import Register
from domain.register_maps import is_mapped
from ledger.checkpoint import CheckpointRefused
from ledger.map_proofs import MapRefused, check_file
from ledger.merkle import ProofRefused
from ledger.note import NoteRefused, VerifierKey
from ledger.proofs import NoProof
from ledger.sealing import NotSealed
from projections.map_commitments import Committed
from projections.moment import MalformedMoment, read_as_of, resolve_known_at

Named = Annotated[str, typer.Argument(metavar="REGISTER", help="The register, e.g. psychologists.")]
Output = Annotated[Path | None, typer.Option(help="Where to write the file. Default: standard output.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(absence)
    app.command()(completeness)
    app.command("check-register")(check_register)


def absence(
    register: Named,
    number: Annotated[str, typer.Argument(help="The registration number.")],
    as_of: AsOf = None,
    known_at: KnownAt = None,
    output: Output = None,
) -> None:
    """Write a file that proves that no entry with this number was in the register on a day, as then known.

    Commits to the register's map in the ledger if no commitment holds for the moment. Exit code 1 if there is such an
    entry.
    """
    with running(read_settings()) as service:
        kept_in, committed = _committed(service, register, known_at)
        try:
            file = absence_file(service, kept_in, number, read_as_of(as_of), committed)
        except NumberInRegister as found:
            err.print(str(found), highlight=False)
            raise typer.Exit(FOUND) from None
        except (NotSealed, MalformedMoment) as error:
            raise refuse(str(error)) from None
    _write(file, output)


def completeness(register: Named, as_of: AsOf = None, known_at: KnownAt = None, output: Output = None) -> None:
    """Write a file that proves which entries were in the register on a day, as then known, and that these are all.

    Commits to the register's map in the ledger if no commitment holds for the moment.
    """
    with running(read_settings()) as service:
        kept_in, committed = _committed(service, register, known_at)
        try:
            file = completeness_file(service, kept_in, read_as_of(as_of), committed)
        except (NotSealed, MalformedMoment) as error:
            raise refuse(str(error)) from None
    _write(file, output)


def check_register(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A file of either command.")],
    key: Annotated[str, typer.Option(help="The log's verifier key, as /log/key gives it.")],
) -> None:
    """Check such a file with the log's verifier key, and say what it proves. No database is needed."""
    try:
        proved = check_file(file.read_bytes(), VerifierKey.parse(key.strip()))
    except (MapRefused, ProofRefused, NoteRefused, CheckpointRefused, NoProof) as refused:
        raise refuse(str(refused)) from None
    moment = f"on {proved.as_of}, as known at position {proved.position}"
    if proved.number is not None:
        out.print(f"No entry with number {proved.number} was in register {proved.register} {moment}.", highlight=False)
        return
    out.print(f"{len(proved.entries)} entries were in register {proved.register} {moment}; these are all:")
    for number, entry in proved.entries:
        out.print(f"{number or '-'}  {entry}", highlight=False)


def _committed(service: Service, name: str, known_at: str | None) -> tuple[Register, Committed]:
    register = register_named(service, name)
    if not is_mapped(register):
        raise refuse(f"register: expected a public one kept by clerks, met {name}")
    try:
        with service.database.pool.connection() as connection:
            known = resolve_known_at(connection, known_at)
        return register, commitment_for(service, register, known, lambda: True)
    except MalformedMoment as error:
        raise refuse(str(error)) from None
    except NotFound as nothing:
        err.print(str(nothing), highlight=False)
        raise typer.Exit(NOTHING) from None


def _write(file: dict[str, Any], output: Path | None) -> None:
    text = json.dumps(file, ensure_ascii=False, indent=1) + "\n"
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text)
        err.print(f"Wrote {output}", highlight=False)
