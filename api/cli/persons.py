"""``regesta person``: erasing persons, and the key that wraps the keys of persons."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError

from api.cli.acts import MOST
from api.cli.output import NOTHING, Form, FormOption, err, out, refuse, show, show_document
from api.errors import Malformed, NotFound
from api.persons import document, due_json, found
from api.service import running
from api.settings import read_settings
from domain.act import Actor
from domain.legal_time import riga_date
from domain.personal_code import PersonalCode
from domain.refusals import ActRefused
from domain.retention import retention_rules
from ledger.person_keys import PersonKeyRefused, new_key, replace_ring_in, ring_in
from ledger.rotation import rewrap
from projections.erasures import Decided, erase
from projections.retention import due

_CODE: TypeAdapter[str] = TypeAdapter(PersonalCode)


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    persons = typer.Typer(help="Personal data: erasure, and the key that protects it.", no_args_is_help=True)
    persons.command("erase")(erase_person)
    persons.command("due")(due_for_erasure)
    persons.command("rotate-key")(rotate_key)
    app.add_typer(persons, name="person")


def erase_person(
    case: Annotated[str, typer.Option(help="Number of the case or decision; it must not name the person.")],
    legal_ground: Annotated[str, typer.Option(help="On what legal ground, e.g. 'GDPR 17(1)(a)'.")],
    code_stdin: Annotated[
        bool, typer.Option("--code-stdin", help="Read the personal code from standard input.")
    ] = False,
    entry: Annotated[UUID | None, typer.Option(help="The entry in which the person is named.")] = None,
    field: Annotated[str | None, typer.Option(help="The field of that entry, e.g. head.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be erased, and erase nothing.")] = False,
) -> None:
    """Erase a person: destroy the key under which their values are sealed. Nobody can bring them back."""
    code = _code() if code_stdin else None
    with running(read_settings()) as service:
        try:
            with service.database.pool.connection() as connection:
                concerned = found(connection, service, code, entry, field)
        except Malformed:
            raise refuse("expected --code-stdin, or --entry and --field") from None
        except NotFound as nobody:
            err.print(str(nobody), highlight=False)
            raise typer.Exit(NOTHING) from None
        if preview:
            show_document(document(concerned, None))
            return
        decided = Decided(case, legal_ground, riga_date(datetime.now(UTC)))
        actor = Actor("command-line", "data-protection")
        try:
            receipt = erase(service.database, service.recording, concerned, decided, actor)
        except ActRefused as refused:
            raise refuse(str(refused)) from None
        show_document(document(concerned, receipt))


def due_for_erasure(
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day. Default: today in Riga.")] = None,
    form: FormOption = Form.table,
) -> None:
    """List entries that ended so long ago that the values of persons in them are due for erasure. None is erased."""
    day = riga_date(datetime.now(UTC)) if on is None else on.replace(tzinfo=UTC).date()
    with running(read_settings()) as service, service.database.pool.connection() as connection:
        show([due_json(each) for each in due(connection, retention_rules(), day, MOST)], form)


def rotate_key() -> None:
    """Wrap the keys of all persons by a new key. Stopped at any moment and run again, it goes on.

    The key file is replaced. If REGESTA_PERSON_KEY holds the key, let it be "NEW,OLD" first, and "NEW" afterwards.
    """
    settings = read_settings()
    with running(settings) as service:
        in_file = settings.person_key is None
        ring = service.vault.ring
        if in_file and len(ring.keys) == 1:
            replace_ring_in(settings.keys, [new_key(), *ring.keys])
            service.vault.read_ring_again()
        if len(service.vault.ring.keys) < 2:
            raise refuse('REGESTA_PERSON_KEY: expected "NEW,OLD", the new key and the one before, met one key')
        try:
            wrapped = rewrap(service.url, service.vault)
        except PersonKeyRefused as refused:
            raise refuse(str(refused)) from None
        if in_file:
            replace_ring_in(settings.keys, ring_in(settings.keys).keys[:1])
    out.print(f"Wrapped {wrapped} keys by the key {service.vault.ring.first}.", highlight=False)


def _code() -> str:
    try:
        return _CODE.validate_python(sys.stdin.readline().strip())
    except ValidationError:
        raise refuse("standard input: expected a personal code, met something else") from None
