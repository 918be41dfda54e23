"""What an archive of the acts says of itself: up to which position it goes, by what it counts, and which files it has.

Its files are Parquet, in folders as Hive names them: ``acts/register=<register>/year=<year of decision>`` and
``states/register=<register>``. What a register counts by stands in columns whose names begin with ``by_``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

FORMAT = 1
MANIFEST = "manifest.json"
ATTRIBUTE = "by_"
"""What the name of an attribute's column begins with, so that it is never that of another column."""

Table = Literal["acts", "states"]
Kind = Literal["text", "whole number", "surrogate"]
"""What an attribute holds. A surrogate is a number that stands for a person."""


class ArchiveRefused(Exception):
    """An archive that can't be written, read, or asked what it was asked."""


class File(NamedTuple):
    """A file of the archive: its path within, how many rows it has, and the SHA-256 of its bytes."""

    name: str
    rows: int
    sha256: str

    @property
    def table(self) -> str:
        """The table whose rows it holds."""
        return self.name.partition("/")[0]

    @property
    def partition(self) -> dict[str, str]:
        """The values that all its rows share and that only its path says."""
        parts = (part.partition("=") for part in self.name.split("/")[1:-1])
        return {name: value for name, _, value in parts}


@dataclass(frozen=True, slots=True)
class Manifest:
    """An archive of the acts up to ``position``, recorded at ``recorded_at``.

    ``registers`` are those there were, each with the attributes it counts by; ``attributes`` what each of these holds.
    """

    position: int
    recorded_at: str | None
    registers: Mapping[str, tuple[str, ...]]
    attributes: Mapping[str, Kind]
    files: tuple[File, ...]

    def of(self, table: Table, register: str | None = None) -> list[File]:
        """The files of a table, or of one register in it, in the order in which their rows were written."""
        found = [file for file in self.files if file.table == table]
        return [file for file in found if register in (None, file.partition["register"])]

    def write(self, folder: Path) -> None:
        """Write it into the archive's folder."""
        files = [file._asdict() for file in self.files]
        rows = {table: sum(file.rows for file in self.of(table)) for table in ("acts", "states")}
        said = {"format": FORMAT, **asdict(self), "rows": rows, "files": files}
        (folder / MANIFEST).write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the archive in ``folder``; raises ArchiveRefused."""
    file = folder / MANIFEST
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
        if said["format"] != FORMAT:
            raise ArchiveRefused(f"{file}: expected an archive of format {FORMAT}, met format {said['format']}")
        manifest = _manifest(said)
    except FileNotFoundError:
        raise ArchiveRefused(f"{folder}: expected an archive, met no {MANIFEST} in it") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArchiveRefused(f"{file}: expected a manifest of an archive, met {error!r}") from None
    for table in ("acts", "states"):
        listed, summed = said.get("rows", {}).get(table), sum(file.rows for file in manifest.of(table))
        if listed != summed:
            raise ArchiveRefused(f"{file}: expected {summed} rows of {table} as in its files, met {listed}")
    return manifest


def _manifest(said: dict[str, Any]) -> Manifest:
    return Manifest(
        int(said["position"]),
        said["recorded_at"],
        {register: tuple(attributes) for register, attributes in said["registers"].items()},
        dict(said["attributes"]),
        tuple(File(file["name"], int(file["rows"]), file["sha256"]) for file in said["files"]),
    )
