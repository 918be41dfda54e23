"""Write the sum of all migrations to docs/schema.sql: ``python -m tests.ledger.write_schema``.

It is what PostgreSQL's own ``pg_dump`` says of a freshly migrated database. Run it after changing a migration, and
read the difference.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from ledger.database import EmbeddedServer, migrate

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schema.sql"
HEADING = "-- The sum of all migrations, written by: python -m tests.ledger.write_schema\n\n"


def schema_of(url: str) -> str:
    """The schema of a database of the embedded server, less the migration tool's own tables."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_config WHERE name = 'BINDIR'")
        (folder,) = cursor.fetchone() or ("",)
    arguments = ["--schema-only", "--exclude-table=public.*yoyo*", f"--dbname={_plain(url)}"]
    dumped = subprocess.run([Path(folder) / "pg_dump", *arguments], check=True, capture_output=True)
    return HEADING + _statements(dumped.stdout.decode())


def _plain(url: str) -> str:
    parts = conninfo_to_dict(url)
    return f"postgresql:///{parts['dbname']}?host={parts['host']}&user={parts['user']}"


def _statements(dump: str) -> str:
    """``dump`` without comments (which name versions), settings of the session, and the key it is read under."""
    noise = r"^(--.*|SET \w+ = .*;|SELECT pg_catalog\.set_config\(.*\);|\\(un)?restrict .*)\n"
    return re.sub(r"\n{2,}", "\n\n", re.sub(noise, "", dump, flags=re.MULTILINE)).strip("\n") + "\n"


def main() -> None:
    """Write the file and say so."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "postgres")
        try:
            migrate(server.url)
            SCHEMA.write_text(schema_of(server.url), encoding="utf-8")
        finally:
            server.stop()
    sys.stdout.write(f"{SCHEMA}\n")


if __name__ == "__main__":
    main()
