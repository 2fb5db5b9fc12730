"""How long things take on this machine: `make bench` prints one Markdown table.

python -m helpers.bench         imports, loading, predicting, rendering, and every notebook's time and memory
python -m helpers.bench quick   without the notebooks
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from helpers.run import NOTEBOOKS, NotebookError, SettingsError, execute, kernel_environment

Row = tuple[str, str]
_PROCESSES = 3  # that time the same, one after another
_SCENES = 40


def median_seconds(work: Callable[[], object], *, least: int = 10, seconds: float = 3.0) -> tuple[float, int]:
    """The median time of a call in seconds, and the number of calls: at least `least`, for at least `seconds`.

    Two calls go before it and are not counted.
    """
    for _ in range(2):
        work()
    times: list[float] = []
    start = time.perf_counter()
    while len(times) < least or time.perf_counter() - start < seconds:
        before = time.perf_counter()
        work()
        times.append(time.perf_counter() - before)
    return statistics.median(times), len(times)


def fresh_seconds(code: str) -> float:
    """The median of the seconds that `code` takes, each time in a fresh Python. Raises NotebookError where it fails."""
    timed = f"import time; start = time.perf_counter()\n{code}\nprint(time.perf_counter() - start)"
    return statistics.median(_printed_seconds([_begun(timed, {})])[0] for _ in range(_PROCESSES))


def _begun(code: str, settings: dict[str, str]) -> subprocess.Popen[str]:
    """A Python of its own that runs `code`, in the notebooks' environment with these settings besides."""
    command, environment = [sys.executable, "-c", code], kernel_environment() | settings
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _printed_seconds(processes: list[subprocess.Popen[str]]) -> list[float]:
    """The number that each process prints last. Raises NotebookError, once all have ended, where one of them failed."""
    said = [process.communicate() for process in processes]
    for process, (_, complaint) in zip(processes, said, strict=True):
        if process.returncode:
            last = (complaint.strip().splitlines() or [f"exit code {process.returncode}"])[-1]
            raise NotebookError(f"what was to be timed failed: {last}")
    return [float(numbers.split()[-1]) for numbers, _ in said]


def start_rows() -> list[Row]:
    """Times of starting, each in a fresh process: importing, and loading the bundled checkpoint."""
    libraries = "import torch; from transformers import DPTForDepthEstimation, DPTImageProcessorPil"
    load = "import helpers; helpers.load_dpt()"
    return [
        ("`import helpers`", f"{fresh_seconds('import helpers'):.3f} s"),
        ("import torch and transformers' DPT", f"{fresh_seconds(libraries):.2f} s"),
        ("`helpers.load_dpt()`, imports included", f"{fresh_seconds(load):.2f} s"),
    ]


def model_rows() -> list[Row]:
    """Times of the bundled models and picture, warm."""
    import torch

    from helpers import load_dpt, load_image, predict_inverse_depth
    from helpers.checkpoints import BUNDLED, BUNDLED_PLAIN

    dpt, plain = load_dpt(BUNDLED), load_dpt(BUNDLED_PLAIN)
    picture = load_image("room")
    square = picture.resize((384, 384))
    pixel_values = dpt.processor(images=square, return_tensors="pt")["pixel_values"].to(dpt.model.device)

    def forward() -> None:
        with torch.inference_mode():
            dpt.model(pixel_values=pixel_values).predicted_depth.cpu()

    loading, loads = median_seconds(lambda: load_dpt(BUNDLED))
    reading, reads = median_seconds(lambda: load_image("room"))
    passing, passes = median_seconds(forward)
    predicting, predictions = median_seconds(lambda: predict_inverse_depth(dpt, square))
    by_plain, plains = median_seconds(lambda: predict_inverse_depth(plain, square))
    whole, wholes = median_seconds(lambda: predict_inverse_depth(dpt, picture))
    size = "x".join(map(str, pixel_values.shape[-2:]))
    return [
        (f"`load_dpt()` of the bundled checkpoint, warm (median of {loads})", f"{loading * 1e3:.0f} ms"),
        (f"`load_image('room')` (median of {reads})", f"{reading * 1e3:.1f} ms"),
        (f"forward pass at the model's size, {size} (median of {passes})", f"{passing * 1e3:.1f} ms"),
        (f"`predict_inverse_depth`, 384x384 picture (median of {predictions})", f"{predicting * 1e3:.1f} ms"),
        (f"the same with the plain checkpoint (median of {plains})", f"{by_plain * 1e3:.1f} ms"),
        (
            f"`predict_inverse_depth`, {picture.width}x{picture.height} picture (median of {wholes})",
            f"{whole * 1e3:.1f} ms",
        ),
    ]


_PREDICT = """
from helpers import load_dpt, load_image, predict_inverse_depth
from helpers.bench import median_seconds
from helpers.checkpoints import BUNDLED

dpt, square = load_dpt(BUNDLED), load_image("room").resize((384, 384))
print(median_seconds(lambda: predict_inverse_depth(dpt, square))[0])
"""


def memory_rows() -> list[Row]:
    """Times of a prediction where freed memory stays with the process, and where it is given back: in turns."""
    # Any such tunable keeps the course's hands off; this one says what is so without it.
    ways = {"kept": {}, "given back": {"GLIBC_TUNABLES": "glibc.malloc.tcache_count=7"}}
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(_PROCESSES):
        for way, setting in ways.items():
            times[way] += _printed_seconds([_begun(_PREDICT, setting)])
    return [
        (
            f"`predict_inverse_depth`, 384x384 picture, freed memory {way} (least of {_PROCESSES} processes)",
            f"{min(seconds) * 1e3:.1f} ms",
        )
        for way, seconds in times.items()
    ]


_TRAIN = """
import torch
from helpers import steps
from helpers.architecture import new_model, small_config
from helpers.bench import median_seconds

steps.fast_cpu()
model = steps.prepare(new_model(small_config(layers=6, stem=(64, 128, 256))))
pixels = torch.randint(0, 256, (8, 3, 128, 128), dtype=torch.uint8)
print(median_seconds(lambda: steps.predict(model, pixels).mean().backward(), least=3, seconds=12.0)[0])
"""


def crowd_rows() -> list[Row]:
    """Times of a training step alone and beside another: with the course's GOMP_SPINCOUNT, and with the library's."""
    rows = []
    for crowd, company in ((1, "alone"), (2, "two at once")):
        for spins in ("10000", "300000"):
            seconds = _printed_seconds([_begun(_TRAIN, {"GOMP_SPINCOUNT": spins}) for _ in range(crowd)])
            what = f"training step, 8 pictures of 128x128, {company}, GOMP_SPINCOUNT {spins}"
            rows.append((what, f"{statistics.mean(seconds):.2f} s"))
    return rows


def scene_rows() -> list[Row]:
    """How many scenes of 192x192 pixels this process renders in a second, after compilation."""
    from helpers.scenes import render

    for seed in range(8):
        render(seed, 192, 192)
    start = time.perf_counter()
    for seed in range(8, 8 + _SCENES):
        render(seed, 192, 192)
    speed = _SCENES / (time.perf_counter() - start)
    return [(f"`scenes.render` at 192x192, one process ({_SCENES} scenes)", f"{speed:.0f} /s")]


def notebook_rows() -> list[Row]:
    """Seconds and peak memory of every notebook's kernel, on the bundled checkpoint and picture.

    Raises SettingsError where there is no notebook, NotebookError where one fails.
    """
    paths = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    if not paths:
        raise SettingsError(f"There are no notebooks in {NOTEBOOKS}.")
    return [_notebook_row(path) for path in paths]


def _notebook_row(path: Path) -> Row:
    # In a process of its own, whose largest child is the kernel.
    command = [sys.executable, "-m", "helpers.bench", "notebook", str(path)]
    done = subprocess.run(command, env=kernel_environment(), capture_output=True, text=True)
    if done.returncode:
        raise NotebookError(done.stderr.strip())
    seconds, *megabytes = done.stdout.split()
    peak = f"{megabytes[0]} MB" if megabytes else "–"
    return f"{path.name}, kernel start included; peak memory of its kernel", f"{seconds} s; {peak}"


def _measure_notebook(path: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        environment = kernel_environment() | {"DPT_OUT": scratch, "IPYTHONDIR": os.path.join(scratch, ".ipython")}
        start = time.perf_counter()
        execute(path, Path(scratch, path.name), environment)
        seconds = time.perf_counter() - start
    try:
        import resource
    except ImportError:  # Windows
        print(f"{seconds:.1f}")
        return
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"{seconds:.1f} {peak / 1e6:.0f}")


def run_rows() -> list[Row]:
    """Seconds of the whole of `make run`, its set-up check not included. Raises NotebookError where it fails."""
    with tempfile.TemporaryDirectory() as out:
        start = time.perf_counter()
        command = [sys.executable, "-m", "helpers.run"]
        done = subprocess.run(command, env=kernel_environment() | {"DPT_OUT": out}, capture_output=True, text=True)
        if done.returncode:
            raise NotebookError(done.stderr.strip())
        return [("`make run`, bundled checkpoint and picture", f"{time.perf_counter() - start:.1f} s")]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: see the module's own text. Returns the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if len(arguments) == 2 and arguments[0] == "notebook":
        try:
            _measure_notebook(Path(arguments[1]))
        except NotebookError as error:
            print(error, file=sys.stderr)
            return 1
        return 0
    if arguments not in ([], ["quick"]):
        print("Usage: python -m helpers.bench [quick]", file=sys.stderr)
        return 2
    # Elsewhere nobody keeps freed memory for the course, and the threads are not those of GOMP_SPINCOUNT.
    linux = [memory_rows, crowd_rows] if platform.libc_ver()[0] == "glibc" else []
    parts = [start_rows, model_rows, *linux, scene_rows]
    if not arguments:
        parts += [notebook_rows, run_rows]
    print(f"{platform.machine()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}\n")
    print("| what | here |\n| --- | ---: |", flush=True)
    try:
        for part in parts:
            for what, value in part():
                print(f"| {what} | {value} |", flush=True)
    except (NotebookError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
