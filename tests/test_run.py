"""`make run` and its parts, on small notebooks made here."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from helpers import images, run
from helpers.bundled import describe
from helpers.checkpoints import BUNDLED, CheckpointError
from helpers.export import notebook_to_html, outside_resources
from helpers.run import NotebookError, Settings, SettingsError, execute, execute_in_place, kernel_environment

PROJECT = Path(__file__).resolve().parents[1]
MAKE = shutil.which("make")

WRITES_RESULTS = """
import os
import numpy as np
from helpers import load_image
from helpers.depth import save_inverse_depth
grey = np.asarray(load_image(os.environ["DPT_IMAGE"]).convert("L"), dtype=np.float32)
save_inverse_depth(os.environ["DPT_OUT"], grey)
"""


def write_notebook(path: Path, *cells: str) -> Path:
    notebook = new_notebook(cells=[new_markdown_cell("# A title")] + [new_code_cell(cell) for cell in cells])
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "my photo's $HOME (1).png"
    Image.fromarray(np.arange(48 * 64, dtype=np.uint16).astype(np.uint8).reshape(48, 64)).convert("RGB").save(path)
    return path


@pytest.fixture
def settings(tmp_path, picture):
    return Settings(image=str(picture), checkpoint=None, out=tmp_path / "results")


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) if folder.exists() else []


def command_line(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "helpers.run", *arguments],
        env=os.environ | environment,
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )


# --------------------------------------------------------------------------------------------------------- settings


def test_settings_default_to_the_bundled_picture_and_checkpoint():
    settings = Settings.from_environment({})
    assert settings == Settings(image="room", checkpoint=None, out=PROJECT / "out")
    assert Settings.from_environment({"DPT_IMAGE": "", "DPT_CHECKPOINT": "", "DPT_OUT": ""}) == settings


def test_relative_names_are_the_callers(tmp_path, picture):
    (tmp_path / "weights").mkdir()
    settings = Settings.from_environment(
        {"DPT_CALLER": str(tmp_path), "DPT_IMAGE": picture.name, "DPT_CHECKPOINT": "weights", "DPT_OUT": "a b/c"}
    )
    assert settings == Settings(str(picture), str(tmp_path / "weights"), tmp_path / "a b" / "c")


def test_addresses_hub_ids_and_what_does_not_exist_stay_as_they_were_typed(tmp_path):
    for image, checkpoint in [
        ("https://example.org/a b.jpg", "Intel/dpt-large"),
        ("http://[::1/a.png", "x" * 300),
        ("none", "~nobody-of-this-name/x"),
        ("x" * 300, "a\0b"),
        ("room", "x"),
    ]:
        settings = Settings.from_environment(
            {"DPT_CALLER": str(tmp_path), "DPT_IMAGE": image, "DPT_CHECKPOINT": checkpoint}
        )
        assert (settings.image, settings.checkpoint) == (image, checkpoint)


def test_what_looks_like_a_path_is_the_callers_even_where_nothing_is(tmp_path):
    settings = Settings.from_environment(
        {"DPT_CALLER": str(tmp_path), "DPT_IMAGE": "docs/overview.png", "DPT_CHECKPOINT": "./helpers/weights/plain"}
    )
    assert settings.image == str(tmp_path / "docs" / "overview.png")
    assert settings.checkpoint == str(tmp_path / "helpers" / "weights" / "plain")


def test_results_do_not_go_where_they_would_harm(tmp_path):
    with pytest.raises(SettingsError, match="course's own notebooks"):
        run._check_folder(run.NOTEBOOKS)
    (tmp_path / "run.json").mkdir()
    with pytest.raises(SettingsError, match="run.json is a folder"):
        run._check_folder(tmp_path, ["a.html", "run.json"])
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("~nobody-of-this-name/x", str(tmp_path / "loop" / "x")):
        with pytest.raises(SettingsError, match="Name another"):
            Settings.from_environment({"DPT_OUT": name})


def test_the_courses_notebooks_are_known_under_another_spelling(tmp_path, monkeypatch):
    for name in ("notebooks", "Notebooks"):  # one folder, on a file system that ignores case
        (tmp_path / name).mkdir()
    monkeypatch.setattr(run, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(Path, "samefile", lambda one, other: str(one).lower() == str(other).lower())
    with pytest.raises(SettingsError, match="course's own notebooks"):
        run._check_folder(tmp_path / "Notebooks")


def test_kernels_see_nothing_of_a_users_own_settings(monkeypatch, settings):
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("PYTHONSTARTUP", "nonsense.py")
    monkeypatch.setenv("DPT_CHECKPOINT", "stray")
    environment = kernel_environment(settings)
    assert not {"MPLBACKEND", "PYTHONSTARTUP", "DPT_CHECKPOINT"} & set(environment)
    assert environment["DPT_IMAGE"] == settings.image
    assert environment["TQDM_DISABLE"] == "1"


def test_kernels_have_the_callers_cache(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DPT_CACHE", "cache")
    assert kernel_environment()["DPT_CACHE"] == str(tmp_path / "cache")
    monkeypatch.delenv("DPT_CACHE")
    assert "DPT_CACHE" not in kernel_environment()


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize(
    ("arguments", "environment", "expected"),
    [
        pytest.param([], {}, None, id="default"),
        pytest.param([], {"DPT_IMAGE": "env $HOME.png"}, "env $HOME.png", id="environment"),
        pytest.param(["IMAGE=made.png"], {"DPT_IMAGE": "env.png"}, "made.png", id="variable over environment"),
        pytest.param(['IMAGE=it\'s $HOME (1) "$(shell touch x)" #.jpg'], {}, None, id="quotes"),
        pytest.param([], {"IMAGE": "plain.png"}, "plain.png", id="plain name in the environment"),
        pytest.param([], {"IMAGE": "plain.png", "DPT_IMAGE": "env.png"}, "env.png", id="own name first"),
    ],
)
def test_make_passes_settings_on_untouched(tmp_path, arguments, environment, expected):
    # The project's own Makefile, with a recipe that shows what a recipe sees.
    makefile = tmp_path / "Makefile"
    show = f"{sys.executable} -c 'import os; print(repr(os.environ.get(\"DPT_IMAGE\")))'"
    makefile.write_text((PROJECT / "Makefile").read_text() + f"\nshow:\n\t@{show}\n")
    if arguments and expected is None:
        expected = arguments[0].removeprefix("IMAGE=")
    clean = {name: value for name, value in os.environ.items() if name not in {"IMAGE", "MAKEFLAGS", "MAKELEVEL"}}
    done = subprocess.run(
        [MAKE, "-s", "show", *arguments], cwd=tmp_path, env=clean | environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == repr(expected), done.stderr
    assert everything_in(tmp_path) == ["Makefile"]


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
@pytest.mark.parametrize("flags", [[], ["-s"], ["--no-print-directory"]])
def test_make_in_another_folder_keeps_the_callers_folder(tmp_path, flags):
    project, caller = tmp_path / "the project", tmp_path / "pictures"
    project.mkdir()
    caller.mkdir()
    show = f"{sys.executable} -c 'import os; print(os.environ[\"DPT_CALLER\"])'"
    (project / "Makefile").write_text((PROJECT / "Makefile").read_text() + f"\nshow:\n\t@{show}\n")
    clean = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}

    def shown(*command: str, cwd: Path, pwd: Path) -> list[str]:
        done = subprocess.run(
            [MAKE, *command, "show"], cwd=cwd, env=clean | {"PWD": str(pwd)}, capture_output=True, text=True, check=True
        )
        return [line for line in done.stdout.splitlines() if not line.startswith("make")]

    assert shown(*flags, "-C", str(project), cwd=caller, pwd=caller) == [str(caller)]
    assert shown(*flags, cwd=project, pwd=project) == [str(project)]


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
def test_make_help_names_every_target():
    done = subprocess.run([MAKE, "-s"], cwd=PROJECT, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.*)$", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE).group(1).split()
    assert len(phony) > 10
    for target in phony:
        assert re.search(rf"^  {target} +\S", done.stdout, flags=re.MULTILINE), target


@pytest.mark.skipif(MAKE is None, reason="make is not installed")
def test_a_machine_without_python_311_is_told_so_in_one_line(tmp_path):
    shutil.copy(PROJECT / "Makefile", tmp_path)
    done = subprocess.run(
        [MAKE, "-s", "setup", "PYTHON=/nowhere/python3.11"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert done.stderr.splitlines()[0].startswith("PYTHON=/nowhere/python3.11 is not a Python 3.11 that runs.")
    assert everything_in(tmp_path) == ["Makefile"]


# --------------------------------------------------------------------------------------------------- one notebook


def test_executes_on_this_python_with_nothing_left_of_clock_and_place(tmp_path):
    notebook = write_notebook(tmp_path / "a b" / "01 x.ipynb", "import sys\nsys.executable", "import os\nos.getcwd()")
    counted = []
    execute(notebook, tmp_path / "done.ipynb", kernel_environment(), on_cell=lambda: counted.append(1))
    done = nbformat.read(tmp_path / "done.ipynb", as_version=4)
    _, python, folder = done.cells
    assert python.outputs[0].data["text/plain"] == repr(sys.executable)
    assert folder.outputs[0].data["text/plain"] == repr(str(notebook.parent))
    assert [cell.execution_count for cell in (python, folder)] == [1, 2]
    assert len(counted) == 2
    assert set(done.metadata) == {"kernelspec", "language_info"}
    assert [dict(cell.metadata) for cell in done.cells] == [{}, {}, {}]


def test_a_users_own_kernel_of_the_same_name_is_not_used(tmp_path, monkeypatch):
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["/bin/false"], "display_name": "x", "language": "python"}')
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    execute(write_notebook(tmp_path / "01_x.ipynb", "1"), tmp_path / "done.ipynb", kernel_environment())
    assert nbformat.read(tmp_path / "done.ipynb", as_version=4).cells[1].outputs[0].data["text/plain"] == "1"


def test_a_failing_cell_is_named_with_its_error(tmp_path):
    notebook = write_notebook(tmp_path / "03_x.ipynb", "a = 1", "def f(x):\n    return 1 / x\nf(a - 1)", "a = 2")
    with pytest.raises(NotebookError) as caught:
        execute(notebook, tmp_path / "done.ipynb", kernel_environment())
    lines = str(caught.value).splitlines()
    assert lines[0] == "03_x.ipynb, cell 3, failed:"
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "    return 1 / x" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_kernel_that_dies_is_said_to_have_died(tmp_path):
    notebook = write_notebook(tmp_path / "01_x.ipynb", "import os\nos._exit(1)")
    with pytest.raises(NotebookError, match="01_x.ipynb: its Python died"):
        execute(notebook, tmp_path / "done.ipynb", kernel_environment())


def test_a_kernel_that_does_not_start_is_named_in_one_line(tmp_path):
    notebook = write_notebook(tmp_path / "01_x.ipynb", "1")
    with pytest.raises(NotebookError, match="^01_x.ipynb: its Python did not start .*again.$"):
        execute(notebook, tmp_path / "done.ipynb", kernel_environment() | {"PYTHONMALLOC": "nonsense"})


def test_in_place_is_repeatable_and_leaves_a_failing_notebook_alone(tmp_path):
    good = write_notebook(tmp_path / "01_x.ipynb", "print(6 * 7)")
    execute_in_place([good])
    once = good.read_bytes()
    assert b"42" in once
    execute_in_place([good])
    assert good.read_bytes() == once
    bad = write_notebook(tmp_path / "02_x.ipynb", "print(1)", "raise KeyError('no')")
    before = bad.read_bytes()
    with pytest.raises(NotebookError, match="KeyError: 'no'"):
        execute_in_place([bad])
    assert bad.read_bytes() == before
    assert everything_in(tmp_path) == ["01_x.ipynb", "02_x.ipynb"]


# ----------------------------------------------------------------------------------------------------- whole runs


def test_a_run_leaves_everything_it_names(tmp_path, settings, picture):
    notebooks = [
        write_notebook(tmp_path / "nb" / "01_a.ipynb", "print('one')"),
        write_notebook(tmp_path / "nb" / "05_b.ipynb", WRITES_RESULTS),
    ]
    files = run.run(settings, notebooks)
    names = ["01_a.html", "01_a.ipynb", "05_b.html", "05_b.ipynb", *run.RESULTS, "run.json"]
    assert sorted(path.name for path in files) == sorted(names)
    assert everything_in(settings.out) == sorted(names)
    assert all(path.parent == settings.out for path in files)

    manifest = json.loads((settings.out / "run.json").read_text())
    assert manifest["image"]["source"] == str(picture)
    assert (manifest["image"]["width"], manifest["image"]["height"]) == (64, 48)
    assert manifest["image"]["sha256"] == hashlib.sha256(picture.read_bytes()).hexdigest()
    assert re.fullmatch("[0-9a-f]{64}", manifest["checkpoint"]["sha256"])
    assert set(manifest["versions"]) >= {"python", "torch", "transformers", "numpy", "pillow"}
    assert set(manifest["seconds"]) == {"01_a.ipynb", "05_b.ipynb"}
    data = (settings.out / "inverse_depth.npy").read_bytes()
    assert manifest["results"]["inverse_depth.npy"] == hashlib.sha256(data).hexdigest()
    assert manifest["device"] and manifest["threads"] >= 1 and manifest["seed"] == 0

    first = (settings.out / "inverse_depth.npy").read_bytes()
    run.run(settings, notebooks)
    assert (settings.out / "inverse_depth.npy").read_bytes() == first
    assert everything_in(settings.out) == sorted(names)


def test_a_run_that_fails_changes_nothing(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(run, "_check", lambda settings: {})
    bad = write_notebook(tmp_path / "nb" / "02_b.ipynb", WRITES_RESULTS, "assert 1 == 2, 'they differ'")
    with pytest.raises(NotebookError, match="AssertionError: they differ"):
        run.run(settings, [bad])
    assert not settings.out.exists()

    settings.out.mkdir()
    (settings.out / "run.json").write_text("earlier")
    with pytest.raises(NotebookError):
        run.run(settings, [bad])
    assert everything_in(settings.out) == ["run.json"]
    assert (settings.out / "run.json").read_text() == "earlier"

    silent = write_notebook(tmp_path / "nb" / "05_c.ipynb", "1")
    with pytest.raises(NotebookError, match="did not write inverse_depth_view.png"):
        run.run(settings, [silent])
    assert everything_in(settings.out) == ["run.json"]


def test_what_a_killed_run_left_is_removed_and_a_living_one_is_spared(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for process in (ended.pid, os.getppid()):
        (tmp_path / f".run-{process}").mkdir()
    (tmp_path / f".run-{os.getpid()}").mkdir()  # of an earlier process of this number, as in a container
    with run._staging(tmp_path):
        pass
    assert everything_in(tmp_path) == [f".run-{os.getppid()}"]


def test_a_process_is_asked_for_and_sent_nothing(monkeypatch):
    assert run._alive(str(os.getpid())) and run._alive("9" * 30) and run._alive("x")
    monkeypatch.setattr(os, "kill", None)  # on Windows it ends the process
    monkeypatch.setattr(psutil, "pid_exists", lambda number: number == 7)
    assert run._alive("7") and not run._alive("8")


def test_kernels_end_where_processes_have_no_groups(monkeypatch):
    monkeypatch.delattr(os, "killpg")
    monkeypatch.delattr(signal, "SIGKILL")  # and so has Windows none of it
    kernels = run._Kernels({})
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        monkeypatch.setattr(process, "kill", process.terminate)  # which is what Windows does
        kernels.running.append(SimpleNamespace(provisioner=SimpleNamespace(process=process)))
        kernels.kill()
        assert process.returncode == -signal.SIGTERM


def test_lab_on_windows_stays_until_jupyterlab_ends(monkeypatch, settings):
    answers = iter([KeyboardInterrupt, KeyboardInterrupt, 3])

    class Lab:
        def __init__(self, command, env):
            assert command[:3] == [sys.executable, "-m", "jupyterlab"] and env["DPT_IMAGE"] == settings.image

        def wait(self):
            answer = next(answers)
            if answer is KeyboardInterrupt:
                raise answer
            return answer

    monkeypatch.setattr(run, "_check_names", lambda settings: None)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(os, "execve", None)
    monkeypatch.setattr(subprocess, "Popen", Lab)
    assert run._lab(settings) == 3


def test_a_readers_own_empty_folder_stays_when_a_run_fails(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(run, "_check", lambda settings: {})
    bad = write_notebook(tmp_path / "nb" / "05_b.ipynb", "1 / 0")
    settings.out.mkdir()
    with pytest.raises(NotebookError, match="ZeroDivisionError"):
        run.run(settings, [bad])
    assert settings.out.is_dir() and everything_in(settings.out) == []


def test_an_interrupt_waits_until_all_results_are_in_their_place(tmp_path, monkeypatch):
    staging, moved = tmp_path / ".ipython" / "new", []
    staging.mkdir(parents=True)
    for name in ("a.html", "b.npy", "run.json"):
        (staging / name).write_text(name)
    replace = os.replace

    def interrupted(source, target):
        if not moved:
            os.kill(os.getpid(), signal.SIGINT)
        moved.append(target.name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            run._publish(staging, tmp_path / "out")
    finally:
        signal.signal(signal.SIGINT, before)
    assert moved == everything_in(tmp_path / "out") == ["a.html", "b.npy", "run.json"]


def test_a_checkpoint_that_cannot_predict_is_refused_before_any_notebook_runs(tmp_path, settings):
    folder = tmp_path / "other size"
    shutil.copytree(BUNDLED, folder)
    (folder / "manifest.json").unlink()
    processor = json.loads((folder / "preprocessor_config.json").read_text())
    processor["size"] = {"height": 384, "width": 384}
    (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    with pytest.raises(CheckpointError, match=r"can be loaded and cannot predict.*384"):
        run._check(dataclasses.replace(settings, checkpoint=str(folder)))


def test_what_is_written_down_of_an_address_holds_no_password(monkeypatch, settings, picture):
    address = "https://anna:secret@example.org/room.png?signature=secret"
    monkeypatch.setattr(images, "read_source", lambda source: picture.read_bytes())
    manifest = run._check(dataclasses.replace(settings, image=address))
    assert manifest["image"]["source"] == "https://example.org/room.png?…"
    assert describe(address) == "The picture room.png."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_it_leaves_nothing_half_written(tmp_path, number):
    notebook = write_notebook(
        tmp_path / "nb" / "05_x.ipynb",
        "import os, pathlib, time\npathlib.Path('pid').write_text(str(os.getpid()))",
        "time.sleep(60)",
    )
    code = (
        "import sys; from pathlib import Path; from helpers import run; "
        "run._check = lambda settings: {}; "
        f"run.spine = lambda: [Path({str(notebook)!r})]; sys.exit(run.main([]))"
    )
    out = tmp_path / "out"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ | {"DPT_OUT": str(out)},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a shell starts background jobs with interrupts switched off, and children inherit that
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    mark = notebook.parent / "pid"
    for _ in range(600):
        if mark.exists() and mark.read_text():
            break
        time.sleep(0.1)
    kernel = int(mark.read_text())
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.splitlines()[-1].startswith("Interrupted.")
    assert "Traceback" not in errors
    assert not out.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(kernel, 0)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        pytest.param({"DPT_IMAGE": "no such photo.jpg"}, r"ImageError: .*no such photo\.jpg.*", id="no picture"),
        pytest.param({"DPT_IMAGE": "pyproject.toml"}, r"ImageError: .*pyproject\.toml.*", id="not a picture"),
        pytest.param(
            {"DPT_CHECKPOINT": "/no/such/folder"}, r"CheckpointError: .*/no/such/folder.*", id="no checkpoint"
        ),
        pytest.param({"DPT_CHECKPOINT": "helpers/data"}, r"CheckpointError: .*data.*", id="not a checkpoint"),
        pytest.param(
            {"DPT_IMAGE": "/x/b\udcf6.png"}, r"SettingsError: '/x/b\\udcf6.png' is no name in UTF-8.*", id="bytes"
        ),
    ],
)
def test_a_users_error_is_one_line_before_any_notebook_runs(tmp_path, monkeypatch, settings, line):
    out = tmp_path / "out"
    done = command_line(DPT_OUT=str(out), DPT_CALLER=str(PROJECT), **settings)
    assert done.returncode == 2
    (only,) = done.stderr.splitlines()
    assert re.fullmatch(line, only)
    assert done.stdout == ""
    assert not out.exists()


def test_results_that_cannot_be_written_are_a_users_error(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="Results cannot be written to"):
        run._check_folder(tmp_path / "file" / "out")


@pytest.mark.parametrize(
    ("arguments", "number", "advice"),
    [
        ([], errno.ENOSPC, r" Make room, or name another folder: OUT=\.\.\."),
        ([], errno.EIO, ""),
        (["notebooks"], errno.EFBIG, r" Make room\."),
        (["notebooks"], errno.EACCES, ""),
    ],
)
def test_a_file_that_cannot_be_written_is_told_with_advice_that_helps(monkeypatch, capsys, arguments, number, advice):
    def fail(*_):
        raise OSError(number, "no", "there.ipynb")

    monkeypatch.setattr(run.signal, "signal", lambda *_: None)  # pytest keeps its own
    monkeypatch.setattr(run, "run", fail)
    monkeypatch.setattr(run, "execute_in_place", fail)
    assert run.main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.fullmatch(rf"(OSError|PermissionError): \[Errno {number}\] no: 'there\.ipynb'\.{advice}", line), line


def test_command_line_refuses_what_it_does_not_know():
    done = command_line("everything")
    assert done.returncode == 2
    assert done.stderr.startswith("Usage:")


# --------------------------------------------------------------------------------------------------------- pages

FORMULAS = r"""# Depth & <disparity>

Inline $\frac{1}{z} = a\,p + b$ and `$not$`; [next](02_b.ipynb#part), [later](09_c.ipynb), [source](https://example.org/).

$$\min_{s,t} \sum_{i=1}^{N} \left( s\,p_i + t - d_i \right)^2$$

\begin{align} a &= b \\ c &= d \end{align}
"""


def page_of(*cells, **arguments) -> str:
    return notebook_to_html(new_notebook(cells=list(cells)), **arguments)


def test_pages_show_formulas_without_a_script():
    page = page_of(new_markdown_cell(FORMULAS), pages={"02_b.ipynb"})
    assert page.count("<math") == 3
    assert "<script" not in page
    assert "<code>$not$</code>" in page
    assert "<mfrac>" in page and "<mtable" in page and "∑" in page
    assert "<title>Depth &amp; &lt;disparity&gt;</title>" in page
    assert '<a href="02_b.html#part">next</a>' in page
    assert "09_c" not in page and "later" in page
    assert outside_resources(page) == []


@pytest.mark.parametrize("formula", [r"$\nosuchcommand x$", r"$$\begin{nosuch}a & b\end{nosuch}$$"])
def test_a_formula_that_cannot_be_shown_is_refused(formula):
    with pytest.raises(ValueError, match="cannot be shown"):
        page_of(new_markdown_cell(formula))


@pytest.mark.parametrize("kind", ["image/png", "image/jpeg"])
def test_pages_keep_alternative_texts_and_fold_solutions(kind):
    alt = 'A "bright" chair < 1 m before a dark wall'
    shown = new_output("display_data", data={kind: "iVBORw0KGgo="}, metadata={kind: {"alt": alt}})
    page = page_of(
        new_code_cell("plot()", outputs=[shown]),
        new_code_cell("answer = 42", metadata={"tags": ["solution"]}),
    )
    (image,) = re.findall(r"<img\b[^>]*>", page.replace("&lt;", "<"))
    assert f"data:{kind};base64," in image
    assert 'A "bright" chair < 1 m before a dark wall' in image.replace("&quot;", '"')
    folded = re.search(r"<details class=\"solution\">(.*?)</details>", page, flags=re.DOTALL).group(1)
    assert "answer" in folded
    assert page.count("<details") == 1


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example.org/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example.org/x.css">',
        "<img src='http://example.org/x.png'>",
        "<style>@import 'https://example.org/x.css';</style>",
        "<style>b { background: url(https://example.org/x.png) }</style>",
        "<div style=\"background: url('x.png')\">x</div>",
        '<iframe src="other.html"></iframe>',
        "<iframe srcdoc=\"<img src='http://example.org/x.png'>\"></iframe>",
        '<img srcset="data:image/png;base64,AA 1x, https://example.org/x.png 2x">',
    ],
)
def test_a_page_that_would_load_something_is_refused(html):
    assert outside_resources(html) != []
    with pytest.raises(ValueError, match="from outside"):
        page_of(new_code_cell("x", outputs=[new_output("display_data", data={"text/html": html})]))
