"""First loads of a Neptune cluster: files to S3, and from there into the graph by its bulk loader.

A load is no transaction, and may take hours. So whatever breaks off is taken up again: files that are
in S3 already are not sent twice, jobs that still run are followed, and jobs that failed resume. What is
known of a load that is under way stands in a small file beside the ledger.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Final, TypeVar

from threesixty.errors import GraphError
from threesixty.graph import cypher, neptune_csv
from threesixty.graph import neptune_loader as loader
from threesixty.graph.delta import Row
from threesixty.graph.neptune_csv_check import require_sound
from threesixty.graph.neptune_requests import Cluster
from threesixty.graph.neptune_s3 import Bucket, File, digest_of, files_in
from threesixty.report import Progress, Tell
from threesixty.schema import EdgeKind, Schema

MEMORY = "bulk-load.json"
FOLDER = "bulk-load"
# How much of the writer a job takes. After a deadlock AWS says to go one lower.
PARALLELISM: Final = ("HIGH", "MEDIUM", "LOW")
COUNT_SECONDS = 110.0
K = TypeVar("K")
Nodes = Iterable[tuple[str, list[Row]]]
Edges = Iterable[tuple[EdgeKind, list[Row]]]


def bulk_load(
    cluster: Cluster,
    schema: Schema,
    nodes: Nodes,
    edges: Edges,
    tell: Tell = lambda _: None,
    *,
    clear: Callable[[], None] = lambda: None,
    home: Path | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Fill a graph by the bulk loader of its cluster, from the place that `bulk=` of its address names.

    `clear` empties the graph; it is called once the files are in S3, and not at all where an earlier
    load of the same files is taken up again. `home` is the folder that remembers such a load. Nodes come
    first, then edges, and the Threesixty node last. Ctrl-C stops the jobs; the next load goes on.
    Raises GraphError, with what stopped the loader in words; SourceError and GraphRefused before that.
    """
    with _folder(home) as folder:
        told = _counted(tell)
        written = neptune_csv.write(folder, schema, told(nodes), told(edges), compressed=True)
        require_sound(folder)
        files = files_in(folder)
        load = _Load(cluster, files, written, tell, home, sleep)
        load.send()
        load.run(clear)


def _counted(tell: Tell) -> Callable[[Iterable[tuple[K, list[Row]]]], Iterator[tuple[K, list[Row]]]]:
    """The same batches, with word of how many rows have gone by."""
    done = 0

    def counted(batches: Iterable[tuple[K, list[Row]]]) -> Iterator[tuple[K, list[Row]]]:
        nonlocal done
        for what, rows in batches:
            done += len(rows)
            tell(Progress("write files", done, 0, "rows"))
            yield what, rows

    return counted


@contextmanager
def _folder(home: Path | None) -> Iterator[Path]:
    """An empty folder for customers' data, beside the ledger where there is one; nothing is left of it."""
    if home is None:
        with TemporaryDirectory(prefix="threesixty-") as made:
            yield Path(made)
        return
    folder = home / FOLDER
    shutil.rmtree(folder, ignore_errors=True)  # of a process that was killed
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of a load that is under way: the cluster, the folder in S3, and jobs by stage."""

    host: str = ""
    folder: str = ""
    jobs: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, home: Path | None) -> Memory:
        """What the file in `home` says; nothing where there is none, or none that can be read."""
        try:
            told = json.loads((home / MEMORY).read_text("utf-8")) if home else {}
            return cls(
                str(told["host"]), str(told["folder"]), {str(k): str(v) for k, v in told["jobs"].items()}
            )
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def keep(self, home: Path | None) -> None:
        if home:
            part = home / f"{MEMORY}.part"
            part.write_text(json.dumps(asdict(self)), "utf-8")
            part.replace(home / MEMORY)


def forget(home: Path | None) -> None:
    """Nothing is under way any more."""
    if home:
        (home / MEMORY).unlink(missing_ok=True)


class _Load:
    """One load of some files: sent, then loaded stage by stage."""

    def __init__(
        self,
        cluster: Cluster,
        files: list[File],
        written: neptune_csv.Written,
        tell: Tell,
        home: Path | None,
        sleep: Callable[[float], None],
    ) -> None:
        address = cluster.address
        self._cluster, self._files, self._written = cluster, files, written
        self._tell, self._home, self._sleep = tell, home, sleep
        self._bucket = Bucket(address.bulk, address.region)
        self._stages = [
            stage for stage in neptune_csv.STAGES if any(f.name.startswith(f"{stage}/") for f in files)
        ]
        self._parallelism = 0
        self._memory = Memory(f"{address.host}:{address.port}", f"{FOLDER}-{digest_of(files)}")
        earlier = Memory.read(home)
        if (earlier.host, earlier.folder) == (self._memory.host, self._memory.folder):
            self._memory = earlier
        elif earlier.host == self._memory.host:
            self._abandon(earlier)

    def _abandon(self, earlier: Memory) -> None:
        """The ledger has moved on since: what was under way is of no use to anybody."""
        self._stop(earlier)
        self._bucket.remove(earlier.folder)
        forget(self._home)

    def _stop(self, memory: Memory) -> None:
        """Stop the jobs that still run, those that wait for others first, and wait until they have."""
        for load_id in reversed(list(memory.jobs.values())):
            loader.cancel(self._cluster, load_id)
        self._wait_for_all(memory)

    def _wait_for_all(self, memory: Memory) -> None:
        for load_id in memory.jobs.values():
            loader.follow(self._cluster, load_id, lambda _: None, self._sleep)

    # --- to S3 -------------------------------------------------------------------------------------

    def send(self) -> None:
        """Every file to S3, those that are there already left out."""
        total, sent, lock = sum(file.size for file in self._files), 0, Lock()

        def told(size: int) -> None:  # from several threads: boto3 sends parts side by side
            nonlocal sent
            with lock:
                sent += size
                self._tell(Progress("send to S3", sent, total, "bytes"))

        self._memory.keep(self._home)
        for file in self._files:
            self._bucket.send(file, self._memory.folder, told)

    # --- into the graph ----------------------------------------------------------------------------

    def run(self, clear: Callable[[], None]) -> None:
        """Load every stage, taking up what an earlier run began."""
        try:
            taken_up = self._take_up()
            if not taken_up:
                self._anew(clear)
            self._finish()
            if taken_up and not self._all_there():
                # Somebody emptied the graph in between, and a job that resumes does not load again.
                self._anew(clear)
                self._finish()
        except KeyboardInterrupt:
            with suppress(GraphError):
                self._stop(self._memory)
            raise
        self._tidy()

    def _anew(self, clear: Callable[[], None]) -> None:
        self._stop(self._memory)
        clear()
        self._remember({})
        for stage in self._stages:
            self._start(stage, "NEW")

    def _take_up(self) -> bool:
        """Start again whatever did not come to an end; False where not all that was begun is known."""
        jobs = self._memory.jobs
        if not jobs or {*jobs} != {*self._stages}:
            return False
        if not all(loader.look(self._cluster, load_id) for load_id in jobs.values()):
            return False
        self._go_on()
        return True

    def _go_on(self) -> None:
        """Start every job again that ended before it was done."""
        for stage in self._stages:
            job = loader.look(self._cluster, self._memory.jobs[stage])
            if job and not job.is_running and job.status != loader.COMPLETED:
                # Neptune resumes what it has begun to load, and nothing else.
                self._start(stage, "RESUME" if job.records else "NEW")

    def _start(self, stage: str, mode: loader.Mode) -> None:
        source = self._bucket.address(f"{self._memory.folder}/{stage}")
        request = loader.Request(source, self._bucket.region, self._cluster.address.role)
        before = self._stages[: self._stages.index(stage)]
        after = [self._memory.jobs[one] for one in before]
        load_id = loader.start(self._cluster, request, mode, PARALLELISM[self._parallelism], after)
        self._remember({**self._memory.jobs, stage: load_id})

    def _remember(self, jobs: Mapping[str, str]) -> None:
        self._memory = replace(self._memory, jobs=jobs)
        self._memory.keep(self._home)

    def _finish(self) -> None:
        """Wait for every job, in their order. Raises GraphError for the first that cannot be helped."""
        while unfinished := self._unfinished():
            load_id, job = unfinished
            self._parallelism += 1
            if not job.may_pass or self._parallelism == len(PARALLELISM):
                raise loader.failure(self._cluster, load_id, job)
            # Jobs that depend on one that failed end by themselves; then they can be started again.
            self._wait_for_all(self._memory)
            self._go_on()

    def _unfinished(self) -> tuple[str, loader.Job] | None:
        """Follow the jobs one after the other; the first that did not end well."""
        total, before = sum(self._written.records.values()), 0
        for stage in self._stages:
            load_id = self._memory.jobs[stage]

            def told(records: int, before: int = before) -> None:
                self._tell(Progress("load into the graph", min(before + records, total), total, "values"))

            job = loader.follow(self._cluster, load_id, told, self._sleep)
            if job is None or job.status != loader.COMPLETED:
                return load_id, job or loader.FORGOTTEN
            before += self._written.records[stage]
        return None

    def _all_there(self) -> bool:
        """Whether the graph has as many nodes of each label as were written."""
        for label, rows in self._written.rows.items():
            if label.isidentifier():
                found = self._cluster.read(cypher.count_nodes(label), {}, seconds=COUNT_SECONDS, fresh=True)
                if not found or found[0]["found"] != rows:
                    return False
        return True

    def _tidy(self) -> None:
        """Nothing stays in S3: the files hold personal data."""
        forget(self._home)
        try:
            self._bucket.remove(self._memory.folder)
        except GraphError as error:
            where = self._bucket.address(self._memory.folder)
            raise GraphError(
                f"the graph is filled, but the files under {where} could not be taken away: {error.message}",
                hint=f"they hold personal data: take them away by hand; {error.hint}",
            ) from error
