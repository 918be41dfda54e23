"""A cluster of Spark on this machine: a master and workers, each a process of its own, that hear loopback only."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from projections.engines.manifest import ArchiveRefused

LOOPBACK = "127.0.0.1"
WORKERS = 2
REGISTERED = b"Successfully registered with master"
_PATIENCE = 300.0
"""Seconds within which master and workers must be there."""


@contextmanager
def loopback_cluster(workers: int = WORKERS) -> Iterator[str]:
    """The address of a cluster with so many ``workers`` of one core and a gigabyte each; stopped at the end."""
    with TemporaryDirectory(prefix="regesta-spark-") as scratch, ExitStack() as started:
        folder, port = Path(scratch), _free_port()
        master = f"spark://{LOOPBACK}:{port}"
        started.enter_context(
            _daemon(folder, "master", "master.Master", "--host", LOOPBACK, "--port", str(port), "--webui-port", "0")
        )
        _wait(folder / "master.log", lambda _: _answers(port))
        for number in range(workers):
            name = f"worker-{number}"
            started.enter_context(
                _daemon(
                    folder,
                    name,
                    "worker.Worker",
                    "--host",
                    LOOPBACK,
                    "--webui-port",
                    "0",
                    "--cores",
                    "1",
                    "--memory",
                    "1G",
                    "--work-dir",
                    str(folder / name),
                    master,
                )
            )
        for number in range(workers):
            _wait(folder / f"worker-{number}.log", lambda log: REGISTERED in log.read_bytes())
        yield master


@contextmanager
def _daemon(folder: Path, name: str, main: str, *arguments: str) -> Iterator[None]:
    """A part of the cluster as a process that writes its log into ``folder``; it takes its own down with it."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_CONF_DIR": str(folder),
        "SPARK_LOCAL_IP": LOOPBACK,
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_DAEMON_JAVA_OPTS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",  # they start faster, and do little
    }
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{main}", *arguments]
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the command is the library's own
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(log: Path, holds: Callable[[Path], bool]) -> None:
    """Wait until ``holds(log)``; raises ArchiveRefused with what stands in ``log`` where it never does."""
    until = time.monotonic() + _PATIENCE
    while not holds(log):
        if time.monotonic() > until:
            said = log.read_text(errors="replace").splitlines()[-3:]
            raise ArchiveRefused(f"spark: expected the cluster's {log.stem} to start, met: {' '.join(said)}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
