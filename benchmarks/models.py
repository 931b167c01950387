"""What many models in one service cost: a warm one beside a service of one, a cold one, and memory.

`python -m benchmarks.models`: a thousand models are published, two hundred of them asked at random of a worker that
holds a hundred. Under wrk, services take turns, and the medians are compared.
"""

import argparse
import http.client
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from benchmarks.serving import NUM_CONNECTIONS, Program, pss_mib, running, train, wait_for, workers_of, write_bodies
from registry.store.model_store import ModelStore

NUM_ASKED, MAX_LOADED = 200, 100
COLD_MS, LEVEL, WARM = 50.0, 1.1, 0.9  # what is aimed at
SCRIPT = """
local file = io.open(os.getenv("BODY"), "rb")
local body, requests, number = file:read("*a"), {}, 0
file:close()
init = function()
  for path in string.gmatch(os.getenv("PATHS"), "%S+") do
    requests[#requests + 1] = wrk.format("POST", path, {["Content-Type"] = "application/json"}, body)
  end
end
request = function()
  number = number % #requests + 1
  return requests[number]
end
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=1000, help="models that are published")
    parser.add_argument("--requests", type=int, default=10_000, help="of models at random")
    parser.add_argument("--runs", type=int, default=5, help="runs of each kind under wrk")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a run")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("this needs the load generator wrk; Debian has a package of that name")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        one = train("students", Path(folder, "one"))
        write_bodies(one.manifest(1).schema, one.name, Path(folder))
        Path(folder, "paths.lua").write_text(SCRIPT)
        names = publish_many(one, Path(folder, "many"), options.models)
        settings = {"WEB_CONCURRENCY": "1", "SERVICE_MODELS_DIR": str(one.folder.parent)}
        of_one = Program([sys.executable, "-m", "service"], settings)
        more = {"SERVICE_MODELS": "*", "SERVICE_MAX_LOADED": str(MAX_LOADED), "SERVICE_MODELS_DIR": f"{folder}/many"}
        of_many = Program([sys.executable, "-m", "service"], settings | more)
        for program in (of_one, of_many):
            stack.enter_context(running(program))
            wait_for(program, Path(folder, "1"))
        ask_at_random(of_many, random.Random(0).sample(names, min(NUM_ASKED, len(names))), options.requests, folder)
        warm = names[: MAX_LOADED // 2]
        paths = {"of one": (of_one, ["/predict"]), "of many": (of_many, [f"/models/{name}/predict" for name in warm])}
        rates: dict[str, list[float]] = {name: [] for name in paths}
        for _ in range(options.runs + 1):  # the first loads
            for name, (program, asked) in paths.items():
                rates[name].append(rate(program, asked, options.seconds, folder))
        medians = {name: statistics.median(each[1:]) for name, each in rates.items()}
        print("requests a second: " + ", ".join(f"{name} {median:,.0f}" for name, median in medians.items()))
        say("a warm model over one alone", medians["of many"] / medians["of one"], WARM, is_least=True)


def publish_many(one: ModelStore, root: Path, num: int) -> list[str]:
    """Publish one version under many names; `pass_fail`, which answers by default, is one more."""
    manifest = one.manifest(1)

    def publish(name: str) -> None:
        store = ModelStore(root, name)
        with store.staging() as staged:
            shutil.copytree(one.path(1), staged, dirs_exist_ok=True)
            store.publish(staged, replace(manifest, name=name), promote=True, over=None)

    names = [f"course-{number:04}" for number in range(num)]
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(publish, [one.name, *names]))
    print(f"{num:,} models published in {time.monotonic() - begun:.0f} s")
    return names


def ask_at_random(program: Program, names: Sequence[str], num: int, folder: str) -> None:
    """Ask models in turn at random, one after another, and print what cold and warm ones take, and what memory does."""
    chance, body = random.Random(1), Path(folder, "1").read_bytes()
    connection = http.client.HTTPConnection("127.0.0.1", program.port)
    held: OrderedDict[str, None] = OrderedDict()  # as the worker holds them, since nobody else asks
    times: dict[bool, list[float]] = {True: [], False: []}
    [worker] = workers_of(program)
    memory = []
    for number in range(1, num + 1):
        name = chance.choice(names)
        begun = time.perf_counter()
        connection.request("POST", f"/models/{name}/predict", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        took_s = time.perf_counter() - begun
        if answer.status != 200:
            raise SystemExit(f"{name} is answered {answer.status}")
        times[name not in held].append(1e3 * took_s)
        held[name] = None
        held.move_to_end(name)
        if len(held) > MAX_LOADED:
            held.popitem(last=False)
        if number % (num // 10) == 0:
            memory.append(pss_mib(worker))
    cold, warm = (statistics.median(times[is_cold]) for is_cold in (True, False))
    print(f"{len(times[True]):,} cold and {len(times[False]):,} warm: {cold:.1f} and {warm:.2f} ms in the median")
    print(f"memory of the worker: {', '.join(f'{mib:.0f}' for mib in memory)} MiB")
    say("a cold model, in ms", cold, COLD_MS)
    say("memory at the end over after a fifth", memory[-1] / memory[1], LEVEL)


def rate(program: Program, paths: Sequence[str], seconds: float, folder: str) -> float:
    """Requests a second, over paths in turn; every answer must be a good one."""
    command = ["wrk", "--threads=1", f"--connections={NUM_CONNECTIONS}", f"--duration={max(1, round(seconds))}s"]
    command += ["--timeout=30s", f"--script={folder}/paths.lua", f"http://127.0.0.1:{program.port}"]
    environ = os.environ | {"BODY": f"{folder}/1", "PATHS": " ".join(paths)}
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None or "Non-2xx" in done.stdout or "Socket errors" in done.stdout:
        raise SystemExit(f"not all were answered\n{done.stdout}")
    return float(found[1])


def say(what: str, figure: float, aim: float, *, is_least: bool = False) -> None:
    """A figure beside what is aimed at."""
    is_reached = figure >= aim if is_least else figure <= aim
    print(f"{what}: {figure:.2f}, at {'least' if is_least else 'most'} {aim:g}{'' if is_reached else ': falls short'}")


if __name__ == "__main__":
    main()
