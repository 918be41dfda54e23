"""Recording acts: request, decision, append, projections, answer - in one transaction under the appending lock.

Requests that arrive while a transaction runs are taken together in the next one, so that one commit makes many of
them durable. Each is still all or none: a refused request leaves no trace in the transaction it came with.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import groupby

import psycopg
from psycopg_pool import PoolTimeout

from domain.catalogue import Catalogue
from domain.refusals import ActRefused
from ledger.database import Database
from ledger.ledger import Ledger
from ledger.recorder import appending
from ledger.sealing import LedgerHalted
from projections.answers import RecordedAct
from projections.batch import Batch
from projections.submission import Submission

LARGEST_BATCH = 100
ATTEMPTS = 4
"""How often a transaction whose connection is lost is begun before the database counts as failed."""


class OutcomeUnknown(Exception):
    """The connection was lost during the commit: the acts may be recorded or not. The same key may be used again."""

    message = "the connection to the database was lost: the acts may be recorded or not; repeat with the same key"


class NothingRecorded(Exception):
    """The database could not be reached, or was lost again and again before a commit: nothing is recorded."""

    message = "the database is not available: nothing was recorded"


class _ConnectionLost(Exception):
    """The connection was lost before the commit, or there was none: nothing is recorded."""


class RecordingStopped(Exception):
    """The service is shutting down and takes no more acts."""

    message = "the service is shutting down: nothing was recorded"


class _Job:
    __slots__ = ("answer", "submission")

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.answer: Future[list[RecordedAct]] = Future()


class Recording:
    """The one way to record acts. Thread-safe; several processes may record in the same ledger."""

    def __init__(
        self, database: Database, catalogue: Catalogue, halted: Callable[[], str | None] = lambda: None
    ) -> None:
        """While ``halted()`` gives a reason, nothing is recorded."""
        self._database, self._ledger, self._halted = database, Ledger(catalogue), halted
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopped = False
        self._stopping = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def record(self, submission: Submission) -> list[RecordedAct]:
        """Record the acts of ``submission``, all or none. When this returns, they are durable and visible.

        Raises ActRefused, LedgerHalted, NothingRecorded or RecordingStopped (nothing is recorded), or OutcomeUnknown.
        """
        return self.submit(submission).result()

    def submit(self, submission: Submission) -> Future[list[RecordedAct]]:
        """Ask for ``submission`` to be recorded after those asked for before it, without waiting for it."""
        job = _Job(submission)
        with self._stopping:
            if self._stopped:
                raise RecordingStopped
            self._jobs.put(job)
        return job.answer

    def close(self) -> None:
        """Finish what was asked for and stop."""
        with self._stopping:
            self._stopped = True
            self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            if job is None:
                return
            jobs = [job]
            last = False
            while len(jobs) < LARGEST_BATCH and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    last = True
                    break
                jobs.append(following)
            for together in _by_transaction(job for job in jobs if job.answer.set_running_or_notify_cancel()):
                self._take(together)
            if last:
                return

    def _take(self, jobs: list[_Job]) -> None:
        """The jobs in one transaction; each by itself if it fails for another reason than the database."""
        try:
            answers = self._answers([job.submission for job in jobs])
        except (OutcomeUnknown, NothingRecorded, LedgerHalted) as error:
            for job in jobs:
                job.answer.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - a caller waits for every job; each gets what happened
            if len(jobs) > 1:
                for job in jobs:
                    self._take([job])
            else:
                jobs[0].answer.set_exception(error)
        else:
            for job, answer in zip(jobs, answers, strict=True):
                if isinstance(answer, ActRefused):
                    job.answer.set_exception(answer)
                else:
                    job.answer.set_result(answer)

    def _answers(self, submissions: list[Submission]) -> list[list[RecordedAct] | ActRefused]:
        """What a transaction answers; one that was lost before its commit is begun again."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._transact(submissions)
            except _ConnectionLost as lost:
                if attempt == ATTEMPTS or isinstance(lost.__cause__, PoolTimeout):
                    raise NothingRecorded(str(lost)) from lost
                # Those that wait in the pool were, perhaps, lost with it.
                self._database.pool.check()
        raise AssertionError

    def _transact(self, submissions: list[Submission]) -> list[list[RecordedAct] | ActRefused]:
        """Decide, append and project. Raises OutcomeUnknown only if the commit was asked for and not answered."""
        answers: list[list[RecordedAct] | ActRefused] = []
        committing = False
        try:
            with self._database.pool.connection() as connection, appending(connection) as append:
                reason = self._halted()
                if reason is not None:
                    raise LedgerHalted(reason)
                batch = Batch(append, self._ledger, submissions)
                for submission in submissions:
                    try:
                        answers.append(batch.take(submission))
                    except ActRefused as refusal:
                        answers.append(refusal)
                batch.flush()
                committing = True
            batch.committed()
        except psycopg.OperationalError as error:
            if not _lost(error):
                raise
            raise (OutcomeUnknown if committing else _ConnectionLost)(str(error)) from error
        return answers


def _by_transaction(jobs: Iterable[_Job]) -> Iterator[list[_Job]]:
    """An erasure is recorded by itself: beside it nothing may be sealed under the keys that it destroys."""
    for erasing, group in groupby(jobs, key=lambda job: job.submission.erases is not None):
        if erasing:
            yield from ([job] for job in group)
        else:
            yield list(group)


def _lost(error: psycopg.OperationalError) -> bool:
    """Whether there is no connection any more, and not a server that refused a statement and rolled back."""
    return error.sqlstate is None or error.sqlstate.startswith(("08", "57P"))
