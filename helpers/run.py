"""The main job, `make run`: notebooks 01 to 05 executed on your picture and checkpoint, with pages and depth files.

    python -m helpers.run             notebooks 01 to 05; results in $DPT_OUT, else out/
    python -m helpers.run lab         JupyterLab, opened on notebook 01
    python -m helpers.run notebooks   every notebook executed again in place, for the authors

Settings come from $DPT_IMAGE, $DPT_CHECKPOINT and $DPT_OUT. Exit codes: 0 done, 1 a cell failed, 2 a picture,
checkpoint or folder that cannot be used, 130 interrupted. Whatever happens, the results of the last good run stay.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from helpers.files import home_expanded
from helpers.integrity import sha256_of

PROJECT = Path(__file__).resolve().parents[1]
NOTEBOOKS = PROJECT / "notebooks"
SPINE = re.compile(r"0[1-5]_.+\.ipynb")
RESULTS = ("inverse_depth_view.png", "inverse_depth16.png", "inverse_depth.npy")
MANIFEST = "run.json"
SEED = 0
_STAGING = ".run-"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # a full disk, a quota, a limit on the size of files


class NotebookError(RuntimeError):
    """A cell failed: the message names the notebook and the cell and ends with the cell's own error."""


class SettingsError(ValueError):
    """Something other than the picture or the checkpoint keeps the run from starting."""


@dataclass(frozen=True)
class Settings:
    """What a run works on. image, checkpoint: as `load_image` and `load_dpt` take them; out: the folder for results."""

    image: str
    checkpoint: str | None
    out: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read $DPT_IMAGE, $DPT_CHECKPOINT and $DPT_OUT, relative names being those of the caller ($DPT_CALLER).

        Raises SettingsError for names that can be none: not in UTF-8, or of no folder.
        """
        from helpers.checkpoints import callers_checkpoint

        environment = os.environ if environment is None else environment
        caller = Path(environment.get("DPT_CALLER") or Path.cwd())
        out = environment.get("DPT_OUT")
        try:
            folder = (caller / Path(out).expanduser()).resolve() if out else PROJECT / "out"
        except (OSError, ValueError, RuntimeError) as error:
            raise SettingsError(f"{out} can be no folder ({error}). Name another: OUT=...") from None
        image = _image_of(environment.get("DPT_IMAGE") or "room", caller)
        checkpoint = callers_checkpoint(environment)
        for name in (image, checkpoint or "", str(folder)):
            try:
                name.encode()  # what the notebooks and the manifest are written in
            except UnicodeEncodeError:
                raise SettingsError(f"{ascii(name)} is no name in UTF-8: rename it, or choose another.") from None
        return cls(image=image, checkpoint=checkpoint, out=folder)


def _image_of(source: str, caller: Path) -> str:
    from helpers.images import bundled_names

    if source in bundled_names() or re.match(r"\s*https?:", source, re.IGNORECASE):
        return source
    # What is neither there nor a bundled name stays as it was typed, for the message that says so; but a path stays
    # the caller's, who may not have the file that the notebooks, in a folder of their own, would find by that name.
    try:
        path = caller / home_expanded(source)
        return str(path) if os.sep in source or Path(source).suffix or path.exists() else source
    except (OSError, ValueError, RuntimeError):  # what can be no path
        return source


def kernel_environment(settings: Settings | None = None) -> dict[str, str]:
    """The environment that notebooks are executed in, everywhere: quiet, repeatable, and free of a user's own settings.

    Without `settings`, notebooks see the bundled checkpoint and picture.
    """
    dropped = ("DPT_", "JUPYTER_PATH", "MPLBACKEND", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    if os.environ.get("DPT_CACHE"):  # a relative name is one from here, and notebooks have a folder of their own
        environment["DPT_CACHE"] = str(home_expanded(os.environ["DPT_CACHE"]).absolute())
    environment |= {
        "PYTHONHASHSEED": str(SEED),
        "PYTHONUTF8": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "TQDM_DISABLE": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    if settings is not None:
        environment |= {"DPT_IMAGE": settings.image, "DPT_OUT": str(settings.out)}
        if settings.checkpoint is not None:
            environment["DPT_CHECKPOINT"] = settings.checkpoint
    return environment


class _Kernels:
    """Starts the kernels of one run on this environment's own Python, whatever kernels a user has registered."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.running: list[Any] = []

    def manager_class(self) -> type:
        from ipykernel.kernelspec import get_kernel_dict
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import AsyncKernelManager

        kernels = self

        class Manager(AsyncKernelManager):
            @property
            def kernel_spec(self) -> KernelSpec:
                return KernelSpec(**get_kernel_dict())

            def _transport_encryption_default(self) -> str:
                return "auto"

            async def start_kernel(self, **arguments: Any) -> None:
                kernels.running.append(self)
                await super().start_kernel(**{**arguments, "env": dict(kernels.environment)})

        return Manager

    def kill(self) -> None:
        for manager in self.running:
            process = getattr(manager.provisioner, "process", None)
            if process is not None and process.poll() is None:
                with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                    if hasattr(os, "killpg"):
                        os.killpg(process.pid, signal.SIGKILL)
                    else:  # Windows
                        process.kill()
                    process.wait(5)


def execute(
    notebook: Path,
    target: Path,
    environment: dict[str, str],
    *,
    on_cell: Callable[[], None] = lambda: None,
) -> None:
    """Execute a notebook on a fresh kernel and write the executed one to `target`, without marks of clock or place.

    The kernel works in the notebook's own folder. on_cell: called after each code cell.
    Raises NotebookError with the failing cell's error; `target` may then hold the notebook up to there.
    KeyboardInterrupt ends the kernel at once.
    """
    import nbformat
    import papermill
    from papermill.engines import NBClientEngine, papermill_engines

    kernels = _Kernels(environment)

    class Engine(NBClientEngine):
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **arguments: Any) -> Any:
            return super().execute_managed_notebook(
                nb_man,
                kernel_name,
                kernel_manager_class=kernels.manager_class(),
                on_cell_complete=lambda cell, cell_index: on_cell(),
                **arguments,
            )

    papermill_engines.register("this-environment", Engine)
    failure: list[BaseException] = []

    def work() -> None:
        try:
            papermill.execute_notebook(
                str(notebook),
                str(target),
                engine_name="this-environment",
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=str(notebook.parent),
            )
        except BaseException as error:
            failure.append(error)

    # In a thread, since nbclient takes over the signals of the main thread; here an interrupt stays an interrupt.
    worker = threading.Thread(target=work, name=notebook.name, daemon=True)
    with _quiet_papermill():
        worker.start()
        try:
            while worker.is_alive():
                worker.join(0.2)
        except BaseException:
            kernels.kill()
            worker.join(10)
            raise
        finally:
            kernels.kill()
    if failure:
        raise _explained(failure[0], notebook) from None
    executed = nbformat.read(target, as_version=4)
    tidy(executed)
    nbformat.write(executed, target)


@contextlib.contextmanager
def _quiet_papermill() -> Iterator[None]:
    import logging

    loggers = [logging.getLogger(name) for name in ("papermill", "traitlets", "nbclient")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _explained(error: BaseException, notebook: Path) -> BaseException:
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):
        lines = [_ANSI.sub("", line) for line in "\n".join(error.traceback).splitlines()]
        trace = "\n".join(f"    {line}" for line in lines[-_TRACE_LINES:])
        ending = _ANSI.sub("", f"{error.ename}: {error.evalue}")
        # papermill counts code cells and Markdown cells together, as JupyterLab shows them from the top, from 1.
        return NotebookError(f"{notebook.name}, cell {error.cell_index + 1}, failed:\n{trace}\n{ending}")
    if isinstance(error, DeadKernelError):
        return NotebookError(f"{notebook.name}: its Python died. Often that means that memory ran out.")
    if isinstance(error, CellExecutionError):
        return NotebookError(f"{notebook.name}: {_ANSI.sub('', str(error))}")
    if type(error) is RuntimeError:  # jupyter_client's
        return NotebookError(
            f"{notebook.name}: its Python did not start ({error}). Often memory ran out or the disk is slow: try again."
        )
    return error


_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TRACE_LINES = 30


def tidy(notebook: Any) -> None:
    """Take out of an executed notebook what depends on the clock and the machine, so that differences mean more."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
    for cell in notebook.cells:
        for name in ("papermill", "execution", "ExecuteTime"):
            cell.metadata.pop(name, None)
        if cell.metadata.get("tags") == []:  # papermill adds it
            del cell.metadata["tags"]


def spine() -> list[Path]:
    """Notebooks 01 to 05, in order. Raises SettingsError where one is missing or doubled."""
    found = sorted(path for path in NOTEBOOKS.glob("*.ipynb") if SPINE.fullmatch(path.name))
    if [path.name[:2] for path in found] != ["01", "02", "03", "04", "05"]:
        names = ", ".join(path.name for path in found) or "none"
        raise SettingsError(f"Notebooks 01 to 05 should be in {NOTEBOOKS}, one each; found: {names}.")
    return found


def run(settings: Settings, notebooks: Sequence[Path] | None = None) -> list[Path]:
    """Check the settings, execute the notebooks, publish everything in `settings.out`; return the files made.

    Nothing is changed in `settings.out` unless all of it is done. Raises ImageError or CheckpointError (before any
    notebook runs), SettingsError, NotebookError, KeyboardInterrupt.
    """
    manifest = _check(settings)
    notebooks = spine() if notebooks is None else list(notebooks)
    names = [name for path in notebooks for name in (path.name, f"{path.stem}.html")]
    there = settings.out.is_dir()
    _check_folder(settings.out, (*names, *RESULTS, MANIFEST))
    with _staging(settings.out, keep=there) as staging:
        seconds = _execute_all(notebooks, staging, replace(settings, out=staging))
        missing = [name for name in RESULTS if not (staging / name).is_file()]
        if missing:
            raise NotebookError(f"{notebooks[-1].name} ran, but did not write {', '.join(missing)}.")
        manifest["seconds"] = seconds
        manifest["results"] = {name: sha256_of(staging / name) for name in RESULTS}
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        (staging / MANIFEST).write_text(text, encoding="utf-8")
        return _publish(staging, settings.out)


def _check(settings: Settings) -> dict[str, Any]:
    """Load the picture and the checkpoint as the notebooks will, and return what the manifest says about them."""
    from helpers.images import decode_image, read_source, without_secrets

    data = read_source(settings.image)
    picture = decode_image(data, settings.image)

    import torch
    from PIL import Image

    from helpers.checkpoints import BUNDLED, load_dpt
    from helpers.depth import predict_inverse_depth
    from helpers.integrity import CheckpointError

    dpt = load_dpt(settings.checkpoint if settings.checkpoint is not None else BUNDLED)
    try:
        predict_inverse_depth(dpt, Image.new("RGB", (64, 48), (120, 110, 100)))
    except Exception as error:  # whatever its processor's settings make of a picture
        said = " ".join(str(error).split())
        raise CheckpointError(
            f"{dpt.card.name} can be loaded and cannot predict ({said}). See that preprocessor_config.json is its own."
        ) from error
    return {
        "image": {
            "source": without_secrets(settings.image),
            "sha256": hashlib.sha256(data).hexdigest(),
            "width": picture.width,
            "height": picture.height,
        },
        "checkpoint": {
            "name": dpt.card.name,
            "revision": dpt.card.revision,
            "sha256": dpt.card.sha256,
            "licence": dpt.card.licence,
            "meaning": dpt.card.meaning,
        },
        "device": str(next(dpt.model.parameters()).device),
        "threads": torch.get_num_threads(),
        "seed": SEED,
        "versions": {"python": platform.python_version()}
        | {name: version(name) for name in ("dpt-depth-course", "transformers", "numpy", "pillow")}
        | {"torch": torch.__version__},
        "system": platform.platform(),
    }


def _check_names(settings: Settings) -> None:
    """See that the picture and the checkpoint can be used, without building a model."""
    from helpers.checkpoints import check_checkpoint
    from helpers.images import load_image

    load_image(settings.image)
    if settings.checkpoint is not None:
        check_checkpoint(settings.checkpoint)


def _check_folder(out: Path, names: Sequence[str] = ()) -> None:
    """names: of the files that will be put there."""
    try:
        # Not by their names: on Windows and macOS Notebooks is notebooks.
        if NOTEBOOKS.exists() and out.exists() and out.samefile(NOTEBOOKS):
            raise SettingsError(
                f"{out} holds the course's own notebooks, which the results would replace. Name another folder: OUT=..."
            )
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        raise SettingsError(f"Results cannot be written to {out} ({error.strerror}). Name a folder: OUT=...") from None
    folders = [name for name in names if (out / name).is_dir()]
    if folders:
        raise SettingsError(f"{out / folders[0]} is a folder, where a file would go. Name another folder: OUT=...")


@contextlib.contextmanager
def _staging(out: Path, *, keep: bool = True) -> Iterator[Path]:
    # Beside the results, so that moving a file into place is one step; named after this process, so that what a killed
    # run left behind can be told from a run that goes on.
    mine = f"{_STAGING}{os.getpid()}"
    for stale in out.glob(f"{_STAGING}*"):
        if stale.name == mine or not _alive(stale.name.removeprefix(_STAGING)):
            shutil.rmtree(stale, ignore_errors=True)
    folder = out / mine
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if not keep:
            with contextlib.suppress(OSError):  # it is empty only where the run failed
                out.rmdir()


def _alive(process: str) -> bool:
    import psutil

    try:
        return psutil.pid_exists(int(process))  # not os.kill(..., 0), which ends the process on Windows
    except (ValueError, OSError, OverflowError):
        return True


def _execute_all(notebooks: Sequence[Path], staging: Path, settings: Settings) -> dict[str, float]:
    import nbformat
    from tqdm import tqdm

    from helpers.export import notebook_to_html

    cells = sum(
        cell.cell_type == "code" and bool(cell.source.strip())
        for path in notebooks
        for cell in nbformat.read(path, as_version=4).cells
    )
    environment = kernel_environment(settings) | {"IPYTHONDIR": str(staging / ".ipython")}
    names = {path.name for path in notebooks}
    seconds: dict[str, float] = {}
    form = "{desc} {percentage:3.0f}% |{bar}| {n_fmt}/{total_fmt} cells, {elapsed}"
    with tqdm(total=cells, bar_format=form, dynamic_ncols=True, leave=False, disable=False) as bar:
        for path in notebooks:
            bar.set_description_str(path.stem)
            start = time.perf_counter()
            execute(path, staging / path.name, environment, on_cell=bar.update)
            page = notebook_to_html(nbformat.read(staging / path.name, as_version=4), folder=path.parent, pages=names)
            (staging / path.name).with_suffix(".html").write_text(page, encoding="utf-8")
            seconds[path.name] = round(time.perf_counter() - start, 2)
            bar.write(f"{path.name:<40} {seconds[path.name]:6.1f} s", file=sys.stdout)
    return seconds


def _publish(staging: Path, out: Path) -> list[Path]:
    """Move every finished file to its place; the manifest goes last, so where there is one, all of its run is there."""
    files = [path.relative_to(staging) for path in sorted(staging.rglob("*")) if path.is_file()]
    files = [path for path in files if ".ipython" not in path.parts]
    files.sort(key=lambda path: path.name == MANIFEST)
    with _uninterrupted():
        (out / MANIFEST).unlink(missing_ok=True)
        for path in files:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / path, out / path)
    return [out / path for path in files]


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Holds an interrupt back until the end of what is inside, a moment later."""
    held: list[int] = []
    if threading.current_thread() is not threading.main_thread():  # which gets no interrupts
        yield
        return
    before = {
        number: signal.signal(number, lambda got, _: held.append(got)) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for number in held[:1]:
        signal.raise_signal(number)


def execute_in_place(notebooks: Sequence[Path]) -> None:
    """Execute notebooks again, each replaced by its executed self in one step, or left as it was when a cell fails.

    Raises SettingsError where there is none, NotebookError for a cell that fails, OSError where one cannot be written.
    """
    from helpers.files import atomic_write

    if not notebooks:
        raise SettingsError(f"There is no notebook to execute in {NOTEBOOKS}.")
    with tempfile.TemporaryDirectory() as scratch:
        for number, path in enumerate(notebooks):
            out = Path(scratch, str(number))
            out.mkdir()
            environment = kernel_environment() | {"DPT_OUT": str(out), "IPYTHONDIR": str(Path(scratch, ".ipython"))}
            start = time.perf_counter()
            execute(path, out / path.name, environment)
            atomic_write(path, (out / path.name).read_bytes())
            print(f"{path.name:<40} {time.perf_counter() - start:6.1f} s", flush=True)


def _lab(settings: Settings) -> int:
    _check_names(settings)
    environment = {name: value for name, value in os.environ.items() if name not in {"DPT_CALLER", "KEY", "INSTALL"}}
    environment |= {"DPT_IMAGE": settings.image, "DPT_OUT": str(settings.out)}
    if settings.checkpoint is not None:
        environment["DPT_CHECKPOINT"] = settings.checkpoint
    first = next(iter(sorted(NOTEBOOKS.glob("01_*.ipynb"))), NOTEBOOKS)
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={PROJECT}", str(first)]
    # So that the kernel called python3 is this environment's own, whatever a user has registered.
    environment |= {"JUPYTER_PREFER_ENV_PATH": "1"}
    if sys.platform != "win32":
        os.execve(sys.executable, command, environment)
    # On Windows execve returns to the prompt at once and takes a path with a space in it for two.
    process = subprocess.Popen(command, env=environment)
    while True:
        with contextlib.suppress(KeyboardInterrupt):  # JupyterLab gets it too, and ends in its own way
            return process.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: see the module's own text. Returns the exit code."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if arguments not in ([], ["lab"], ["notebooks"]):
        print("Usage: python -m helpers.run [lab | notebooks]", file=sys.stderr)
        return 2

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    from helpers.images import ImageError
    from helpers.integrity import CheckpointError

    try:
        if arguments == ["notebooks"]:
            execute_in_place(sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb")))
            return 0
        settings = Settings.from_environment()
        if arguments == ["lab"]:
            return _lab(settings)
        files = run(settings)
    except (ImageError, CheckpointError, SettingsError) as error:
        print(f"{type(error).__name__}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except NotebookError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        advice = ""
        if error.errno in _FULL:
            advice = " Make room" + ("." if arguments else ", or name another folder: OUT=...")
        print(f"{type(error).__name__}: {' '.join(str(error).split()).rstrip('.')}.{advice}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. Every file is whole: a new one where it was finished, else the old one.", file=sys.stderr)
        return 130
    print(f"\nIn {settings.out}:")
    for path in files:
        print(f"  {path.relative_to(settings.out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
