"""Files that keep a secret or a promise: readable by their owner only, and on the disk before anyone relies on them."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


class KeyRefused(Exception):
    """A key file that can't be used; the message names the file, what was expected and what was met."""


def settled_folder(folder: Path) -> Path:
    """The folder of the keys, made if it is not there; refused if anyone but its owner has any right to it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _refuse_wider(folder, 0o700)
    return folder


def read_secret(path: Path) -> bytes | None:
    """What the file holds, or None if there is none; refused if anyone but its owner has any right to it."""
    if not path.exists():
        return None
    _refuse_wider(path, 0o600)
    return path.read_bytes()


def create(path: Path, content: bytes) -> bool:
    """Make the file with ``content``, whole and on the disk or not at all. False if there is one: it stays as it is."""
    written = _written(path.with_name(f"{path.name}.{uuid4().hex}"), content)
    try:
        os.link(written, path)
    except FileExistsError:
        return False
    finally:
        written.unlink()
    _sync_folder(path.parent)
    return True


def replace(path: Path, content: bytes) -> None:
    """Make ``content`` what the file holds: when this returns, it is on the disk; if it fails, the old or the new is.

    One at a time.
    """
    written = _written(path.with_name(f"{path.name}.new"), content)
    try:
        os.rename(written, path)
    except OSError:
        written.unlink()
        raise
    _sync_folder(path.parent)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """While this is held, no other process holds the file at ``path``."""
    descriptor = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def move(path: Path, to: Path) -> None:
    """Let the file at ``path`` take the place of the one at ``to``."""
    os.rename(path, to)
    _sync_folder(to.parent)


def _written(path: Path, content: bytes) -> Path:
    """The file with ``content``, on the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink()
        raise
    return path


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refuse_wider(path: Path, widest: int) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & ~widest:
        raise KeyRefused(f"{path}: expected permissions {widest:04o} or narrower, met {mode:04o}")
