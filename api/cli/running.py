"""``regesta serve`` and ``regesta demo``."""

from __future__ import annotations

import signal
import sys
from typing import Annotated

import typer

from api.cli.output import err, out, progress, refuse
from api.cli.statistics import print_replayed
from api.service import Service, running
from api.settings import read_settings
from ledger.recorder import head
from replay.rebuild import rebuild
from replay.reconstruction.recorder import LedgerOfOthers, reconstruct_2020

Host = Annotated[str | None, typer.Option(help="Address to listen on. Default: REGESTA_HOST or 127.0.0.1.")]
Port = Annotated[int | None, typer.Option(help="Port to listen on. Default: REGESTA_PORT or 8000.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command()(serve)
    app.command()(demo)


def serve(host: Host = None, port: Port = None) -> None:
    """Serve the HTTP interface, on the database of DATABASE_URL or the embedded one."""
    end_in_order_at_sigterm(0)
    with running(read_settings()) as service:
        _serve(service, host, port)


def demo(
    host: Host = None,
    port: Port = None,
    serve_after: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve when the figures are shown.")] = True,
) -> None:
    """Load the real register of 2020 with its reconstructed acts, replay them, show the figures, and serve.

    The acts of 2020 are a reconstruction: the register's export and the published figures are real, the single acts
    between them are not. Run again, it goes on from the data that is there. A ledger that others began is refused.
    """
    with running(read_settings()) as service:
        before = _position(service)
        try:
            with progress("Recording the register of 2020") as advance:
                reconstruct_2020(service.recording, service.database, service.catalogue, advance)
        except LedgerOfOthers as error:
            another = "unset DATABASE_URL and set REGESTA_DATA_FOLDER to another folder"
            raise refuse(f"demo: {error}. For a ledger of its own, {another}.") from None
        if _position(service) != before:
            with progress("Replaying all acts") as advance:
                replayed = rebuild(service.url, service.ledger, advance, compare=True)
            out.print(f"Replayed {replayed.acts} acts; the rebuilt register equals the live one row by row.")
        print_replayed(service, 2020)
        if serve_after:
            _say_what_to_open(service, host, port)
            _serve(service, host, port)


def _position(service: Service) -> int:
    with service.database.pool.connection() as connection:
        return head(connection).position


def _say_what_to_open(service: Service, host: str | None, port: int | None) -> None:
    root = f"http://{host or service.settings.host}:{port or service.settings.port}"
    out.print(
        "\nOpen next:\n"
        f"  {root}/docs                                                  every path, to be tried\n"
        f"  {root}/registers/institutions?q=rezekne                      a search\n"
        f"  {root}/registers/institutions?as_of=2019-12-31&known_at=0    as known before almost anything was\n"
        f"  {root}/statistics/2020?format=html&reconciled=true           the annual report\n"
        f"  {root}/statistics/2020/t3                                    table 3 of the report\n"
        f"  {root}/statistics/2020/figures/t3.institutions.struck_off/acts  the acts behind a cell\n"
        "To record acts: regesta user create NAME --role '*:clerk', then sign in with POST /sessions.\n",
        highlight=False,
    )  # fmt: skip


def _serve(service: Service, host: str | None, port: int | None) -> None:
    end_in_order_at_sigterm(0)
    address, number = host or service.settings.host, port or service.settings.port
    # Only these two commands need what serving takes long to import.
    import uvicorn

    from api.app import application

    err.print(f"Serving http://{address}:{number} (stop with Ctrl-C)", highlight=False)
    uvicorn.run(application(service), host=address, port=number, log_level="warning", access_log=False)


def end_in_order_at_sigterm(code: int = 128 + signal.SIGTERM) -> None:
    """Let SIGTERM unwind the process, so that what it started is stopped with it. uvicorn raises it once more."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(code))
