"""Apache Spark over an archive (extra ``spark``): on a cluster that there is, or on one of our own on loopback."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from projections.engines.archived import Archived, Rows
from projections.engines.cluster import loopback_cluster
from projections.engines.manifest import ArchiveRefused, File

PARTITIONS = 8
"""Into how many parts rows are dealt out to be grouped."""


@contextmanager
def spark_over(folder: Path, master: str | None = None) -> Iterator[Archived]:
    """The archive in ``folder``, counted by Spark on the cluster at ``master``; its nodes must see the folder.

    Without ``master`` a cluster of this machine's own is started and stopped. Raises ArchiveRefused.
    """
    if shutil.which("java") is None:
        raise ArchiveRefused("spark: expected Java 17 on the path, met no java")
    try:
        import pyspark  # noqa: F401 - whether it is there
    except ImportError:
        raise ArchiveRefused("spark: expected the extra spark (pip install 'regesta[spark]'), met none") from None
    if master is None:
        with loopback_cluster() as started, _session_over(folder, started) as archived:
            yield archived
    else:
        with _session_over(folder, master) as archived:
            yield archived


@contextmanager
def _session_over(folder: Path, master: str) -> Iterator[Archived]:
    from pyspark.sql import SparkSession

    settings = {
        "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": str(PARTITIONS),
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false", "spark.log.level": "ERROR",
        "spark.ui.showConsoleProgress": "false",
    }  # fmt: skip
    builder = SparkSession.builder.appName("regesta").master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        views: dict[tuple[File, ...], str] = {}

        def table(files: list[File]) -> str:
            key = tuple(files)
            if key not in views:
                views[key] = f"archived_{len(views)}"
                paths = [f"file://{folder.absolute() / file.name}" for file in files]
                base = f"file://{folder.absolute() / files[0].table}"
                session.read.option("basePath", base).parquet(*paths).createOrReplaceTempView(views[key])
            return views[key]

        def run(statement: str) -> Rows:
            return [row.asDict() for row in session.sql(statement).collect()]

        yield Archived(folder, "pyspark", table, run)
    finally:
        gateway = session.sparkContext._gateway
        session.stop()
        _end(gateway)


def _end(gateway: Any) -> None:
    """End the Java process that the session ran in, which else would stay as long as this one."""
    from pyspark import SparkContext

    gateway.shutdown()
    SparkContext._gateway = SparkContext._jvm = None
    gateway.proc.stdin.close()
    gateway.proc.wait()
