"""``regesta log policy`` and ``regesta log timestamp``: what others say of the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import httpx
import typer

from api.cli.output import FOUND, NOTHING, Form, FormOption, err, out, refuse, show
from api.service import running
from api.settings import PREFIX, read_settings
from ledger.checkpoint import Checkpoint, CheckpointRefused
from ledger.leaf import instant
from ledger.note import Note, NoteRefused, VerifierKey
from ledger.timestamping import TimestampRefused, stamp_due
from ledger.witness_policy import KnownLog, Policy, PolicyRefused


def add_to(log: typer.Typer) -> None:
    """Add the commands to the group ``log``."""
    policy = typer.Typer(help="Quorums of witnesses (C2SP tlog-policy).", no_args_is_help=True)
    policy.command("check")(check_policy)
    log.add_typer(policy, name="policy")
    log.command()(timestamp)


def check_policy(
    policy: Annotated[Path, typer.Argument(metavar="FILE", help="The policy.")],
    checkpoint: Annotated[Path, typer.Option(help="A checkpoint with its cosignatures, as /log/checkpoint has it.")],
    log_key: Annotated[str | None, typer.Option(help="The log's verifier key, where the policy names no log.")] = None,
    form: FormOption = Form.table,
) -> None:
    """Say whether a log of the policy signed a checkpoint and enough of its witnesses cosigned it; no: exit code 1."""
    try:
        rules = Policy.parse(policy.read_bytes())
        if log_key is not None:
            rules = rules._replace(logs=(*rules.logs, KnownLog(VerifierKey.parse(log_key), None)))
        note = Note.parse(checkpoint.read_bytes())
        size = Checkpoint.parse(note.text).size
    except PolicyRefused as refused:
        raise refuse(f"policy: {policy}: {refused}") from None
    except (NoteRefused, CheckpointRefused, OSError) as refused:
        raise refuse(f"policy: {refused}") from None
    if not rules.logs:
        raise refuse("policy: expected a log in the policy or --log-key, met neither")
    judged = rules.judge(note)
    rows = [
        {
            "witness": witness.name,
            "cosigned": _moment(judged.cosigned[witness.name]) if witness.name in judged.cosigned else None,
            "refused": judged.refused.get(witness.name),
        }
        for witness in rules.witnesses
    ]
    show(rows, form)
    signed = "signed by no log of the policy" if judged.log is None else f"signed by {judged.log.name}"
    met = "met" if judged.quorum else "not met"
    err.print(f"Checkpoint of {size} acts: {signed}; quorum {rules.quorum or 'none'} {met}.", highlight=False)
    if judged.log is None or not judged.quorum:
        raise typer.Exit(FOUND)


def timestamp() -> None:
    """Have the head of the last month that ended stamped by the time stamp authority, if it is not yet."""
    with running(read_settings()) as service:
        if service.authority is None:
            raise refuse(f"timestamp: expected {PREFIX}TSA_URL and {PREFIX}TSA_CERTIFICATES, met neither")
        try:
            head = stamp_due(service.database, service.authority, service.ends)
        except (TimestampRefused, httpx.HTTPError) as error:
            raise refuse(f"timestamp: {error}") from None
    if head is None:
        err.print("No head of a month that ended is without a time stamp.", highlight=False)
        raise typer.Exit(NOTHING)
    out.print(f"Stamped the head of {head.month:%Y-%m}: checkpoint of {head.size} acts.", highlight=False)


def _moment(seconds: int) -> str:
    return instant(datetime.fromtimestamp(seconds, UTC))
