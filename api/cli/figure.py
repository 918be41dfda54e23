"""One figure of ``regesta reconcile``: the classes of its difference, and the acts behind each."""

from __future__ import annotations

import sys
from typing import Any, Literal, NamedTuple

from psycopg import Connection

from api.cli.acts import act_rows
from api.cli.output import Form, out, show, show_document
from api.service import Service
from api.session import Session
from replay import sheet
from replay.reconciliation import TITLES, Part, Reconciled, acts_behind_part, sheet_of


class _Opened(NamedTuple):
    """A part of the difference, acts behind it as rows, how many are not public, and whether there are more."""

    part: Part
    acts: list[dict[str, Any]]
    hidden: int
    more: bool


def show_figure(
    service: Service,
    connection: Connection[Any],
    row: Reconciled,
    language: Literal["lv", "en"],
    form: Form,
    limit: int,
    session: Session,
) -> None:
    """Print a reconciled figure, and up to ``limit`` acts behind each part of its difference."""
    opened = [_open(service, connection, row, part, form, limit, session) for part in row.parts]
    session.keep()
    if form is Form.json:
        show_document(_document(row, opened))
    elif form is Form.csv:
        show(_lines(opened), form)
    else:
        sys.stdout.write(sheet.as_text(sheet_of([row], language), out.width))
        for each in opened:
            _show_part(each, language)


def _open(
    service: Service,
    connection: Connection[Any],
    row: Reconciled,
    part: Part,
    form: Form,
    limit: int,
    session: Session,
) -> _Opened:
    positions = acts_behind_part(connection, row, part.kind, limit=limit + 1)
    acts = act_rows(service, connection, positions[:limit], row.known_at, session, form)
    return _Opened(part, acts, len(positions[:limit]) - len(acts), len(positions) > limit)


def _show_part(opened: _Opened, language: Literal["lv", "en"]) -> None:
    part, acts, hidden, more = opened
    title = getattr(TITLES[part.kind], language)
    amount = f" ({part.amount:+d})" if part.amount else ""
    if acts:
        show(acts, Form.table, f"{title}{amount}")
    elif not hidden:
        out.print(f"{title}{amount}: no act stands behind it.", highlight=False)
    if hidden:
        out.print(
            f"{title}{amount}: {hidden} acts that are not public; they are shown with --purpose.", highlight=False
        )
    if more:
        out.print(f"These are the first {len(acts) + hidden}; more with --limit.", highlight=False)


def _document(row: Reconciled, opened: list[_Opened]) -> dict[str, Any]:
    return {
        "figure": row.published.figure,
        "year": row.published.year,
        "unit": row.published.unit,
        "published": row.published.value,
        "replayed_then": row.then,
        "replayed_now": row.now,
        "difference": row.difference,
        "published_at": row.published_at,
        "known_at": row.known_at,
        "parts": [
            {
                "class": each.part.kind.value,
                "amount": each.part.amount,
                "acts": each.acts,
                "not_public": each.hidden,
                "more": each.more,
            }
            for each in opened
        ],
    }


def _lines(opened: list[_Opened]) -> list[dict[str, Any]]:
    """A line an act; a part with no act behind it has one of its own."""
    columns = next((list(each.acts[0]) for each in opened if each.acts), [])
    nothing = dict.fromkeys(columns)
    return [
        {"class": each.part.kind.value, "amount": each.part.amount, **act}
        for each in opened
        for act in each.acts or [nothing]
    ]
