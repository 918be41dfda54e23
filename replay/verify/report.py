"""What was verified, as a document that an auditor can file: Markdown, HTML or JSON."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from importlib.metadata import version
from typing import Any

from ledger.leaf import instant
from replay.verify.verify import Verified

Table = tuple[str, list[tuple[str, str]]]
"""A heading, and rows of a name and what is said of it."""


def document(verified: Verified, subject: str) -> dict[str, Any]:
    """The result for programs. ``subject`` names what was verified."""
    newest, finding = verified.newest, verified.finding
    return {
        "result": "whole" if finding is None else "not whole",
        "finding": None if finding is None else finding._asdict(),
        "subject": subject,
        "begun_at": instant(verified.begun_at),
        "seconds": round(verified.seconds, 3),
        "software": f"regesta {version('regesta')}",
        "acts": verified.acts,
        "newest_act_recorded_at": None if verified.recorded_at is None else instant(verified.recorded_at),
        "rows": verified.rows,
        "newest_checkpoint": None
        if newest is None
        else {"origin": newest.origin, "size": newest.size, "root": b64encode(newest.root).decode()},
        "acts_not_sealed_yet": verified.unsealed,
        "keys_given": list(verified.given_keys),
        "checkpoints_by_key": verified.signed_by,
        "checkpoints_kept_outside": list(verified.outside),
        "projections_compared": verified.replayed,
    }


def markdown(verified: Verified, subject: str) -> str:
    """The result as a page of Markdown."""
    lines = [f"# {_TITLE}", "", f"**{conclusion(verified)}**"]
    for heading, rows in _tables(verified, subject):
        lines += ["", f"## {heading}", "", "| | |", "|---|---|"]
        lines += [f"| {_cell(name)} | {_cell(said)} |" for name, said in rows]
    lines += ["", f"## {_METHOD[0]}", "", *(f"- {each}" for each in _METHOD[1])]
    return "\n".join(lines) + "\n"


def html(verified: Verified, subject: str) -> str:
    """The result as a page that stands alone, for the screen and for paper."""
    tables = "".join(
        f"<h2>{escape(heading)}</h2><table>"
        + "".join(f"<tr><th>{escape(name)}</th><td>{escape(said)}</td></tr>" for name, said in rows)
        + "</table>"
        for heading, rows in _tables(verified, subject)
    )
    method = "".join(f"<li>{escape(each)}</li>" for each in _METHOD[1])
    kind = "whole" if verified.finding is None else "wrong"
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_TITLE}</title><style>{_STYLE}</style>'
        f'<main><h1>{_TITLE}</h1><p class="{kind}">{escape(conclusion(verified))}</p>{tables}'
        f"<h2>{_METHOD[0]}</h2><ul>{method}</ul></main></html>\n"
    )


def as_json(verified: Verified, subject: str) -> str:
    """The result for programs, as text."""
    return json.dumps(document(verified, subject), ensure_ascii=False, indent=2) + "\n"


WRITERS: Mapping[str, Callable[[Verified, str], str]] = {
    ".md": markdown, ".txt": markdown, ".html": html, ".json": as_json
}  # fmt: skip
"""How a report is written, by the ending of its file."""


def conclusion(verified: Verified) -> str:
    """The result in a sentence or two."""
    if verified.finding is not None:
        return f"The ledger is NOT whole. First found: {verified.finding}."
    said = f"The ledger is whole: {verified.acts} acts"
    if verified.newest is not None:
        said += f", {verified.newest.size} of them sealed by the newest checkpoint"
    if verified.unsealed:
        said += f"; {verified.unsealed} recorded since then are vouched for by no signature yet"
    return f"{said}."


def _tables(verified: Verified, subject: str) -> list[Table]:
    newest = verified.newest
    looked_at = [(f"ledger.{table}", f"{count} rows") for table, count in verified.rows.items()]
    trust = [("verifier key given", key) for key in verified.given_keys] or [
        ("verifier key given", "none: the checkpoints were checked by the keys that the ledger itself names")
    ]
    trust += [("kept outside the database", each) for each in verified.outside]
    trust += [("checkpoints signed", f"{count} by {key}") for key, count in verified.signed_by.items()]
    tables: list[Table] = [
        (
            "What was verified",
            [
                ("subject", subject),
                ("begun", _moment(verified.begun_at)),
                ("took", f"{verified.seconds:.1f} s"),
                ("software", f"Regesta {version('regesta')}"),
                ("acts", str(verified.acts)),
                ("newest act recorded", "-" if verified.recorded_at is None else _moment(verified.recorded_at)),
                ("projections", "equal a fresh replay" if verified.replayed else "not compared"),
            ],
        ),
        ("Rows read and found right", looked_at),
        ("Keys and checkpoints", trust),
    ]
    if newest is not None:
        root = b64encode(newest.root).decode()
        rows = [("log", newest.origin), ("size", str(newest.size)), ("root (base64)", root)]
        tables.append(("Newest checkpoint", rows))
    if verified.finding is not None:
        found = [(name, str(value)) for name, value in verified.finding._asdict().items() if value is not None]
        tables.append(("First thing found wrong", found))
    return tables


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_TITLE = "Verification of the ledger"
_METHOD = (
    "How it was verified",
    (
        "Every act was read in its order; the hash of its payload and of its leaf (RFC 6962, over canonical JSON,"
        " RFC 8785) was computed anew and held against the one stored.",
        "Positions have no gap; no act was recorded before the one before it; each is the next version of its entry and"
        " names the one before; who acted is whom the act itself names; each is of a kind in the"
        " catalogue of events. Where projections were"
        " compared, each act was read in full.",
        "The Merkle tree was built anew from the leaves. Every stored tile, the root of every checkpoint, and every"
        " checkpoint kept outside were held against it; so each checkpoint's tree begins with that of the one before.",
        "The signature of every checkpoint was checked (Ed25519, C2SP signed-note).",
        "Rows beside the acts were held against what the acts commit to.",
        "Nothing was written to the database.",
    ),
)
_STYLE = (
    "body{font:16px/1.5 'Segoe UI',Roboto,'Noto Sans',sans-serif;color:#1b1b1f;margin:0;background:#f4f4f2}"
    "main{max-width:52rem;margin:2rem auto;padding:2.5rem 3rem;background:#fff;border-top:6px solid #7a1f2b}"
    "h1{font-size:1.7rem;margin:0 0 1rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;"
    "border-bottom:1px solid #ddd;overflow-wrap:anywhere}th{width:16rem;font-weight:600}"
    ".whole,.wrong{padding:.8rem 1rem;font-weight:600}.whole{background:#e4f1e6}.wrong{background:#f8dfdf}"
    "@media print{body{background:#fff}main{margin:0;padding:0;border:0;max-width:none}}"
)
