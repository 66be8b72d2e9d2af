"""The four workers that are measured, and the zip of each."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.build.package.build import SOURCE, build
from scripts.build.package.distributions import distribution_files
from scripts.build.package.requirements import read_pins

if TYPE_CHECKING:
    from collections.abc import Mapping

HERE = Path(__file__).resolve().parent
INSTRUMENT = "tests.bench.instrument.handler"
_SHARED = ("instrument.py", "peers/work.py", "../http_faults.py")


@dataclass(frozen=True)
class Worker:
    """One way to work off a queue; `handler` is a Lambda handler's dotted name."""

    name: str
    handler: str
    files: tuple[str, ...]
    libraries: bool = True
    writes: bool = True

    @property
    def module(self) -> str:
        """The module that a cold start imports."""
        return self.handler.rpartition(".")[0]


NAIVE = Worker(
    "naive", "tests.bench.peers.naive.handler", ("peers/naive.py",), libraries=False, writes=False
)
POWERTOOLS = Worker(
    "Powertools",
    "tests.bench.peers.powertools.handler",
    ("peers/guarded.py", "peers/powertools.py"),
)
CONCURRENT = Worker(
    "Powertools concurrent",
    "tests.bench.peers.powertools_concurrent.handler",
    ("peers/guarded.py", "peers/powertools_concurrent.py"),
)
PROJECT = Worker("this project", "command_api.entrypoints.worker.handler", ())
WORKERS = (NAIVE, POWERTOOLS, CONCURRENT, PROJECT)


def product(worker: Worker) -> dict[str, bytes]:
    """What a team would deploy of this worker: path in the zip to content."""
    if worker is PROJECT:
        with tempfile.TemporaryDirectory() as scratch:
            archive = zipfile.ZipFile(build(Path(scratch, "lambda.zip")))
            with archive:
                return {name: archive.read(name) for name in archive.namelist()}
    libraries = (
        distribution_files(read_pins(SOURCE / "requirements.txt")) if worker.libraries else {}
    )
    return {**libraries, **_ours("peers/work.py", *worker.files)}


def measured(worker: Worker) -> dict[str, bytes]:
    """The product with the instrument around it and, for the project, the work as its handler."""
    files = {**product(worker), **_ours(*_SHARED)}
    if worker is PROJECT:
        stand_in = (HERE / "peers" / "project_handlers.py").read_bytes()
        kept = {name: text for name, text in files.items() if not name.startswith("handlers/")}
        files = {**kept, "handlers/__init__.py": stand_in}
    return files


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            archive.writestr(name, files[name])
    return target.getvalue()


def unpack(files: Mapping[str, bytes], folder: Path) -> Path:
    """The files in a folder, as Lambda lays them out."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def environment(table: str, queue_url: str) -> dict[str, str]:
    """What `environments/dev` gives the worker; the peers read the table's name from it."""
    return {
        "TABLE_NAME": table,
        "TTL_ATTRIBUTE": "expiresAt",
        "QUEUE_URL": queue_url,
        "QUEUE_NAME": "default",
        "QUEUES": "{}",
        "RESULTS_BUCKET": "bench-results",
        "DLQ_URL": queue_url,
        "MAX_ATTEMPTS": "3",
        "PAUSED_TYPES": "",
        "DEFAULT_COMMAND_TYPE": "work",
        "RETENTION_DAYS": "30",
        "QUEUE_RETENTION_SECONDS": "345600",
        "SECRET_PREFIX": "/dev/bench/",
        "BATCH_CONCURRENCY": "10",
        "METRICS_NAMESPACE": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        "LOG_EXCEPTION_TEXT": "false",
    }


def _ours(*names: str) -> dict[str, bytes]:
    root = HERE.parents[1]
    paths = [(HERE / name).resolve() for name in names]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
