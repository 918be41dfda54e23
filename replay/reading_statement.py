"""The statement for the person concerned: when, in what role and why an entry was read. By whom stays with auditors."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from domain.legal_time import RIGA
from domain.purpose import PURPOSES
from domain.register import Register, Titles
from ledger.readings import Kept

TITLE = Titles("Izziņa par ieraksta nepubliskās daļas lasīšanu", "Statement of readings of what is not public")
OFFICE = Titles("Izglītības kvalitātes valsts dienests", "State Education Quality Service")
REGISTER = Titles("Reģistrs", "Register")
ENTRY = Titles("Ieraksts", "Entry")
MADE = Titles("Sagatavota", "Made")
READ_AT = Titles("Lasīts (Rīgas laiks)", "Read (Riga time)")
ROLE = Titles("Loma", "Role")
PURPOSE = Titles("Nolūks", "Purpose")
CASE = Titles("Lieta", "Case")
NUMBER = Titles("Nr. žurnālā", "No. in the log")
NONE = Titles("Ieraksta nepubliskā daļa nav lasīta.", "What is not public of the entry was not read.")
ROLES = {
    "clerk": Titles("reģistra kārtotājs", "clerk"),
    "approver": Titles("apstiprinātājs", "approver"),
    "reader": Titles("lasītājs", "reader"),
    "auditor": Titles("revidents", "auditor"),
}
_FORM = "%Y-%m-%d %H:%M:%S"
_PAGE = """<!DOCTYPE html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><title>{{ say(TITLE) }}</title>
<style>
body { font: 11pt/1.4 "Liberation Serif", "Times New Roman", serif; margin: 2cm auto; max-width: 17cm; }
h1 { font-size: 14pt; } dt { float: left; clear: left; width: 4cm; } dd { margin-left: 4.5cm; }
table { border-collapse: collapse; width: 100%; margin-top: 1em; } thead { display: table-header-group; }
th, td { border-bottom: 1px solid #999; padding: .2em .5em .2em 0; text-align: left; vertical-align: top; }
tr { break-inside: avoid; } @page { size: A4; margin: 2cm; } @media print { body { margin: 0; } }
</style></head>
<body>
<p>{{ say(OFFICE) }}</p>
<h1>{{ say(TITLE) }}</h1>
<dl><dt>{{ say(REGISTER) }}</dt><dd>{{ register }}</dd><dt>{{ say(ENTRY) }}</dt><dd>{{ entry }}</dd>
<dt>{{ say(MADE) }}</dt><dd>{{ made }}</dd></dl>
{% if rows %}<table><thead><tr>{% for column in columns %}<th scope="col">{{ column }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in rows %}<tr>{% for cell in row.values() %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</tbody></table>{% else %}<p>{{ say(NONE) }}</p>{% endif %}
</body></html>
"""


def statement_rows(readings: Iterable[Kept], language: Literal["lv", "en"]) -> list[dict[str, Any]]:
    """The rows of the statement, its columns named in ``language``."""
    return [
        {
            getattr(NUMBER, language): kept.number,
            getattr(READ_AT, language): kept.read_at.astimezone(RIGA).strftime(_FORM),
            getattr(ROLE, language): getattr(ROLES[kept.reading.role], language),
            getattr(PURPOSE, language): getattr(PURPOSES[kept.reading.purpose], language),
            getattr(CASE, language): kept.reading.case_number or "",
        }
        for kept in readings
    ]


def statement(register: Register, entry: str, readings: Iterable[Kept], language: Literal["lv", "en"]) -> str:
    """The statement as a page to be printed. ``entry`` is the registration number or id that was asked for."""
    from jinja2 import Environment, StrictUndefined

    rows = statement_rows(readings, language)
    words = {name: value for name, value in globals().items() if isinstance(value, Titles)}
    template = Environment(autoescape=True, undefined=StrictUndefined).from_string(_PAGE)
    return template.render(
        words,
        say=lambda titles: getattr(titles, language),
        language=language,
        register=getattr(register.titles, language),
        entry=entry,
        made=datetime.now(UTC).astimezone(RIGA).strftime(_FORM),
        columns=list(rows[0]) if rows else [],
        rows=rows,
    )
