"""A closed-loop HTTP/1.1 client in a process of its own: each connection sends its next request when it has an answer.

It speaks over plain sockets, so that it costs the shared machine as little as possible, and the same for everyone.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from statistics import quantiles
from time import perf_counter
from typing import NamedTuple

import uvloop

SERIAL = "@@SERIAL@@"
"""Stands in a request for ten digits that no request before had."""

WARM_UP = 0.4
FEWEST_ANSWERS, LONGEST = 48, 20.0
"""A load goes on beyond its time until there are so many answers, but not for more than so many seconds."""


@dataclass(frozen=True, slots=True)
class Load:
    """Requests to send in turn, on so many connections, for so long."""

    port: int
    requests: list[str]
    connections: int
    seconds: float
    first_serial: int = 0


class Measured(NamedTuple):
    """Answers per second, how long they took (milliseconds), and the next unused serial."""

    rate: float
    median_ms: float
    p99_ms: float
    next_serial: int


class WrongAnswer(Exception):
    """A server answered with something else than success."""


def request(method: str, path: str, body: str | None = None, token: str | None = None) -> str:
    """The text of an HTTP/1.1 request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
    if token is not None:
        lines.append(f"Authorization: {token}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + (body or "")


def measure(load: Load) -> Measured:
    """Put the load on a server from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.client"],
        input=json.dumps(asdict(load)).encode(),
        stdout=subprocess.PIPE,
        timeout=load.seconds + LONGEST + 60,
        check=False,
    )
    if done.returncode != 0:
        raise WrongAnswer(f"port {load.port}; the client's error is above")
    return Measured(*json.loads(done.stdout))


class _Run:
    """The load in progress."""

    def __init__(self, load: Load) -> None:
        self._requests = [text.encode() for text in load.requests]
        self._sent, self.serial = 0, load.first_serial
        self.begin = perf_counter() + WARM_UP
        self.end = self.finished = self.begin + load.seconds
        self.times: list[float] = []
        self.over = asyncio.get_running_loop().create_future()
        self.open = 0
        self.stopping = False

    def next_request(self) -> bytes:
        message = self._requests[self._sent % len(self._requests)]
        self._sent += 1
        if SERIAL.encode() in message:
            message = message.replace(SERIAL.encode(), b"%010d" % self.serial)
            self.serial += 1
        return message

    def goes_on(self, now: float) -> bool:
        """Whether to send more at ``now``; the first no sets the time the rate is reckoned over."""
        if self.stopping:
            return False
        if now < self.end or (len(self.times) < FEWEST_ANSWERS and now < self.begin + LONGEST):
            return True
        self.stopping, self.finished = True, now
        return False

    def fail(self, error: Exception) -> None:
        if not self.over.done():
            self.over.set_exception(error)


class _Connection(asyncio.Protocol):
    def __init__(self, run: _Run) -> None:
        self._run, self._received, self._sent_at = run, b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._run.open += 1
        self._send()

    def _send(self) -> None:
        self._sent_at = perf_counter()
        self._transport.write(self._run.next_request())  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        fields = head.lower()
        at = fields.find(b"content-length:")
        if at < 0:
            self._run.fail(WrongAnswer(f"no Content-Length: {head!r}"))
            return
        if len(body) < int(fields[at + 15 :].split(b"\r\n", 1)[0]):
            return
        self._answered(head, body)

    def _answered(self, head: bytes, body: bytes) -> None:
        now = perf_counter()
        self._received = b""
        if head[9:10] != b"2":
            self._run.fail(WrongAnswer(f"{head.decode()}\n\n{body.decode()[:2000]}"))
            return
        if now >= self._run.begin and not self._run.stopping:
            self._run.times.append(now - self._sent_at)
        if self._run.goes_on(now):
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._run.open -= 1
        if not self._run.stopping:
            self._run.fail(error or WrongAnswer("the server closed a connection"))
        elif not self._run.open and not self._run.over.done():
            self._run.over.set_result(None)


async def _drive(load: Load) -> Measured:
    run = _Run(load)
    loop = asyncio.get_running_loop()
    for _ in range(load.connections):
        await loop.create_connection(lambda: _Connection(run), "127.0.0.1", load.port)
    await run.over
    if len(run.times) < load.connections:
        raise WrongAnswer(f"expected at least {load.connections} answers in {LONGEST} s, met {len(run.times)}")
    hundredths = quantiles(run.times, n=100)
    rate = len(run.times) / (run.finished - run.begin)
    return Measured(rate, hundredths[49] * 1000, hundredths[98] * 1000, run.serial)


if __name__ == "__main__":
    print(json.dumps(uvloop.run(_drive(Load(**json.load(sys.stdin))))))
