"""How much the service answers, beside a constant Flask route and FastAPI with the same network and the same checks.

`make bench`. Everything runs side by side under wrk, 2 workers each; runs take turns, and the medians are compared.
"""

import argparse
import json
import os
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from registry.contract.features import Category, FeatureSchema
from registry.store.model_store import ModelStore

ROOT = Path(__file__).parent.parent
CLIENTS = ROOT / ".venv/clients/bin"
NUM_CONNECTIONS = 8
NUM_WORKERS = 2
SCRIPT = """
local file = io.open(os.getenv("BODY"), "rb")
wrk.method = "POST"
wrk.headers["Content-Type"] = os.getenv("MEDIA_TYPE")
wrk.body = file:read("*a")
file:close()
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@dataclass
class Program:
    """One of the programs that are compared.

    Attributes:
        command: Starts it.
        environ: Its own environment.
        port: Listens here.
    """

    command: list[str]
    environ: dict[str, str]
    port: int = field(default_factory=free_port)


@dataclass(frozen=True)
class Load:
    """What is asked of a program, over and over.

    Attributes:
        program: Name of the program.
        body: File with the request's body.
        num_rows: Students in it.
        path: Route.
        media_type: Of the body.
        num_idle: Connections on which nothing is asked meanwhile.
    """

    program: str
    body: str
    num_rows: int
    path: str = "/predict"
    media_type: str = "application/json"
    num_idle: int = 0


@dataclass(frozen=True)
class Figures:
    """What a load gave: requests a second, and the 99th percentile of their times in milliseconds."""

    rate: float
    p99_ms: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", nargs="?", default="students", help="dataset file of the network; the 15 students")
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a run")
    options = parser.parse_args()
    _, most_files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most_files, most_files))  # for idle connections
    if shutil.which("wrk") is None:
        raise SystemExit("this needs the load generator wrk; Debian has a package of that name")
    with tempfile.TemporaryDirectory() as folder:
        store = train(options.dataset, Path(folder))
        write_bodies(store.manifest(1).schema, store.name, Path(folder))
        programs = list_programs(store)
        loads = list_loads(store)
        print_machine()
        start_up(programs, Path(folder), options.runs)
        with ExitStack() as stack:
            for program in programs.values():
                stack.enter_context(running(program))
            for program in programs.values():
                wait_for(program, Path(folder, "1"))
            time.sleep(1)  # for the other workers
            memory(programs, "at rest")
            figures = measure(programs, loads, Path(folder), options.runs, options.seconds)
            memory(programs, "after answers to 10,000 rows")
        report(figures)


def train(dataset: str, folder: Path) -> ModelStore:
    """A store with the network as version 1."""
    command = [sys.executable, "-m", "training", "run", dataset, "--models", str(folder), "--json"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    path = Path(json.loads(done.stdout)["path"])
    return ModelStore(path.parent.parent, path.parent.name)


def students(schema: FeatureSchema, num: int) -> list[dict[str, Any]]:
    """Students such as training has seen: other values answer with warnings, which FastAPI knows nothing of."""

    def value(place: int, row: int) -> Any:
        feature = schema.features[place]
        if isinstance(feature, Category):
            seen = [entry for entry in feature.vocabulary if entry not in feature.unseen]
            return seen[(row + place) % len(seen)]
        low, high = feature.observed or (0.0, 0.0)
        share = (row * (7 + place) % 101) / 101
        number = round(low + share * (high - low), 1)
        return number if low <= number <= high else low

    return [{name: value(place, row) for place, name in enumerate(schema.names)} for row in range(num)]


def write_bodies(schema: FeatureSchema, model: str, folder: Path) -> None:
    """The bodies: one student, many, tensors, and a table."""
    (folder / "wrk.lua").write_text(SCRIPT)
    (folder / "1").write_text(json.dumps(students(schema, 1)[0]))
    for num in (100, 1000, 10_000):
        (folder / str(num)).write_text(json.dumps({"instances": students(schema, num)}))
    rows = students(schema, 1000)
    tensors = [
        {
            "name": name,
            "shape": [len(rows)],
            "datatype": "BYTES" if feature.kind == "category" else "FP64",
            "data": [row[name] for row in rows],
        }
        for name, feature in zip(schema.names, schema.features, strict=True)
    ]
    (folder / "v2").write_text(json.dumps({"inputs": tensors}))
    lines = [",".join(schema.names), *(",".join(str(row[name]) for name in schema.names) for row in rows)]
    (folder / "csv").write_text("\n".join(lines))


def list_programs(store: ModelStore) -> dict[str, Program]:
    """The programs by name."""
    service = {
        "SERVICE_MODELS_DIR": str(store.folder.parent),
        "SERVICE_MODEL": store.name,
        "SERVICE_MAX_INSTANCES": "10000",
        "WEB_CONCURRENCY": str(NUM_WORKERS),
    }
    constant = [sys.executable, "-m", "benchmarks.rivals.constant_app"]
    fastapi = Program([], {"VERSION_DIR": str(store.path(1))})
    # As fast as it comes: uvloop, httptools, and no line for each request.
    options = f"--port {fastapi.port} --workers {NUM_WORKERS} --no-access-log --log-level warning"
    fastapi.command = [str(CLIENTS / "uvicorn"), "benchmarks.rivals.fastapi_app:app", *options.split()]
    return {
        "constant": Program(constant, service),
        "constant, gthread": Program(constant, service | {"WORKER_CLASS": "gthread"}),
        "FastAPI": fastapi,
        "passfail": Program([sys.executable, "-m", "service"], service),
        "passfail, tensorflow": Program([sys.executable, "-m", "service"], service | {"SERVICE_ENGINE": "tensorflow"}),
    }


def list_loads(store: ModelStore) -> dict[str, Load]:
    """What is measured, by its name in the table."""
    tensors = Load("passfail", "v2", 1000, f"/v2/models/{store.name}/infer")
    return {
        "constant, 1 row": Load("constant", "1", 1),
        "constant under gunicorn's gthread, 1 row": Load("constant, gthread", "1", 1),
        **{f"FastAPI, {num} rows": Load("FastAPI", str(num), num) for num in (1, 100, 1000)},
        **{f"passfail, {num} rows": Load("passfail", str(num), num) for num in (1, 100, 1000, 10_000)},
        "passfail, 1 rows beside 1000 idle connections": Load("passfail", "1", 1, num_idle=1000),
        "passfail, 1000 rows as V2 tensors": tensors,
        "passfail, 1000 rows as CSV": Load("passfail", "csv", 1000, media_type="text/csv"),
        "passfail, 1000 rows by TensorFlow": Load("passfail, tensorflow", "1000", 1000),
    }


def print_machine() -> None:
    """What the figures depend on."""
    optimised = "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    built = "" if optimised else ", built without --enable-optimizations"
    print(f"{os.cpu_count()} CPUs, Python {sys.version.split()[0]}{built}")


@contextmanager
def running(program: Program) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program; its log goes to a file, as logs do."""
    environ = os.environ | program.environ | {"PORT": str(program.port)}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(program.command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def wait_for(program: Program, body: Path) -> None:
    """Wait for the first good answer."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{program.port}/predict", body.read_bytes(), {"Content-Type": "application/json"}
    )
    end = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(request, timeout=60).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.005)


def measure(
    programs: dict[str, Program], loads: dict[str, Load], folder: Path, num_runs: int, seconds: float
) -> dict[str, Figures]:
    """The figures of each load: medians of runs that take turns."""
    found: dict[str, list[Figures]] = {name: [] for name in loads}
    for _ in range(num_runs):
        for name, load in loads.items():
            with ExitStack() as stack:
                for _ in range(load.num_idle):
                    stack.enter_context(socket.create_connection(("127.0.0.1", programs[load.program].port)))
                time.sleep(load.num_idle / 1000)  # until they are accepted: they are to be idle, not new
                found[name].append(ask(programs[load.program].port, load, folder, seconds))
            time.sleep(load.num_idle / 1000)  # until they are gone
    medians = {
        name: Figures(statistics.median(one.rate for one in each), statistics.median(one.p99_ms for one in each))
        for name, each in found.items()
    }
    print(f"\n{'requests a second, medians (lowest to highest)':46} {'requests':>9} {'rows':>11} {'99 % in ms':>11}")
    for name, load in loads.items():
        median, low, high = medians[name], min(one.rate for one in found[name]), max(one.rate for one in found[name])
        rows = median.rate * load.num_rows
        print(f"{name:46} {median.rate:9,.0f} {rows:11,.0f} {median.p99_ms:11.2f}   ({low:,.0f} to {high:,.0f})")
    return medians


def ask(port: int, load: Load, folder: Path, seconds: float) -> Figures:
    """Ask under wrk; every answer must be a good one."""
    command = [
        "wrk",
        "--latency",
        "--threads=1",
        f"--connections={NUM_CONNECTIONS}",
        f"--duration={max(1, round(seconds))}s",
        "--timeout=30s",
        f"--script={folder / 'wrk.lua'}",
        f"http://127.0.0.1:{port}{load.path}",
    ]
    environ = os.environ | {"BODY": str(folder / load.body), "MEDIA_TYPE": load.media_type}
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    if "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"{load}: not all were answered\n{done.stdout}")
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", done.stdout)
    if rate is None or p99 is None:
        raise SystemExit(f"wrk says nothing: {done.stdout}")
    return Figures(float(rate[1]), float(p99[1]) * {"us": 1e-3, "ms": 1.0, "s": 1e3}[p99[2]])


def start_up(programs: dict[str, Program], folder: Path, num_runs: int) -> None:
    """From start to the first good answer."""
    seconds: dict[str, list[float]] = {"constant": [], "passfail": [], "FastAPI": []}
    for _ in range(num_runs):
        for name, each in seconds.items():
            started = time.monotonic()
            with running(programs[name]):
                wait_for(programs[name], folder / "1")
                each.append(time.monotonic() - started)
    medians = {name: statistics.median(each) for name, each in seconds.items()}
    print(
        "\nstart to first good answer: "
        + ", ".join(f"{name} {median:.2f} s" for name, median in medians.items())
        + f"; passfail over constant {medians['passfail'] / medians['constant']:.2f}, at most 3"
    )


def memory(programs: dict[str, Program], when: str) -> None:
    """Proportional memory of a worker."""
    shares = {name: statistics.mean(map(pss_mib, workers_of(program))) for name, program in programs.items()}
    print(
        f"\nproportional memory of a worker {when}: "
        + ", ".join(f"{name} {share:.1f} MiB" for name, share in shares.items())
        + f"; passfail over constant {shares['passfail'] / shares['constant']:.2f}, at most 2"
    )


def workers_of(program: Program) -> list[int]:
    """The processes that answer on a program's port: children among those that have it in environment or command."""
    mark = str(program.port).encode()
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                described = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if mark in described:
                parents[int(entry.name)] = parent
    return [pid for pid, parent in parents.items() if parent in parents]


def pss_mib(pid: int) -> float:
    """Memory of a process, what it shares divided by who shares it."""
    found = re.search(r"^Pss:\s+(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def report(figures: dict[str, Figures]) -> None:
    """Each aim beside what came of it."""
    rates = {name: each.rate for name, each in figures.items()}
    ours: Callable[[int], float] = lambda num: rates[f"passfail, {num} rows"]  # noqa: E731
    fastapi: Callable[[int], float] = lambda num: rates[f"FastAPI, {num} rows"]  # noqa: E731
    aims = [
        ("1 row over FastAPI", ours(1) / fastapi(1), 1.0),
        (
            "1 row over the constant route under gthread",
            ours(1) / rates["constant under gunicorn's gthread, 1 row"],
            1.0,
        ),
        ("100 rows over FastAPI", ours(100) / fastapi(100), 2.0),
        ("1000 rows over FastAPI", ours(1000) / fastapi(1000), 6.0),
        ("1000 rows as V2 tensors over objects", rates["passfail, 1000 rows as V2 tensors"] / ours(1000), 1.5),
        ("FastAPI's 99th percentile, 1 row, over ours", p99(figures, "FastAPI") / p99(figures, "passfail"), 1.0),
        ("1 row beside 1000 idle connections", rates["passfail, 1 rows beside 1000 idle connections"] / ours(1), 0.9),
        ("1000 rows as CSV over objects", rates["passfail, 1000 rows as CSV"] / ours(1000), 0.5),
        ("rows a second of 10,000 over 1000", 10 * ours(10_000) / ours(1000), 1 / 1.2),
        ("1000 rows by TensorFlow over LiteRT", rates["passfail, 1000 rows by TensorFlow"] / ours(1000), 1 / 2.5),
    ]
    print(f"\n{'ratio':46} {'is':>6} {'aim':>6}")
    for name, ratio, aim in aims:
        print(f"{name:46} {ratio:6.2f} {aim:6.2f}{'' if ratio >= aim else '   falls short'}")


def p99(figures: dict[str, Figures], program: str) -> float:
    """The 99th percentile of one row, in milliseconds."""
    return figures[f"{program}, 1 rows"].p99_ms


if __name__ == "__main__":
    main()
