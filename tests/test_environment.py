"""The lists of packages agree: pyproject.toml, constraints.txt, environment.yml and what is installed."""

from __future__ import annotations

import ast
import contextlib
import importlib.metadata
import json
import mmap
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from helpers import bench
from helpers.run import NotebookError

PROJECT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PYPROJECT["project"]["optional-dependencies"]
DIRECT = [Requirement(line) for line in PYPROJECT["project"]["dependencies"] + sum(EXTRAS.values(), [])]
CONSTRAINTS = {
    canonicalize_name(Requirement(line).name): Requirement(line)
    for line in (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
}


def exact_version(requirement: Requirement) -> str:
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", f"{requirement} is not an exact pin"
    assert "+" not in specifier.version, f"{requirement} has a local label: other machines have no such build"
    return specifier.version


def test_every_pin_is_exact_and_repeated_in_the_constraints():
    assert len(DIRECT) >= 15
    for requirement in DIRECT:
        assert exact_version(requirement) == exact_version(CONSTRAINTS[canonicalize_name(requirement.name)])


def test_constraints_are_exact_and_installed():
    assert len(CONSTRAINTS) > 100
    for name, requirement in CONSTRAINTS.items():
        installed = Version(importlib.metadata.version(name)).public
        assert installed == exact_version(requirement), f"{name} {installed} is installed; run make setup"


def test_every_package_runs_on_every_python_3_11():
    """Debian 12 has 3.11.2: a pin that asks for a later one cannot be installed there."""
    for name in CONSTRAINTS:
        needed = importlib.metadata.metadata(name).get("Requires-Python")
        assert needed is None or Version("3.11.0") in SpecifierSet(needed), f"{name} needs Python {needed}"


def test_constraints_are_complete():
    """Whatever the direct packages need on this machine, and what that needs, has its line in constraints.txt."""
    todo, seen = [(canonicalize_name(r.name), r.extras) for r in DIRECT], set()
    while todo:
        name, extras = todo.pop()
        if (name, frozenset(extras)) in seen:
            continue
        seen.add((name, frozenset(extras)))
        for line in importlib.metadata.requires(name) or []:
            needed = Requirement(line)
            marked = [{"extra": extra} for extra in extras] or [{"extra": ""}]
            if needed.marker is None or any(needed.marker.evaluate(values) for values in marked):
                if needed.name.startswith(("nvidia-", "cuda-", "triton")):
                    continue  # what a CUDA build of torch brings along where that is the one installed
                todo.append((canonicalize_name(needed.name), needed.extras))
    missing = {name for name, _ in seen} - set(CONSTRAINTS) - {"setuptools", "pip", "wheel"}
    assert not missing
    assert {"jinja2", "tokenizers", "llvmlite"} <= {name for name, _ in seen}


def test_nobody_depends_on_torchvision():
    assert "torchvision" not in CONSTRAINTS
    assert "torchvision" not in {requirement.name for requirement in DIRECT}


def test_conda_environment_is_python_and_this_project():
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))
    assert environment["name"] == PYPROJECT["project"]["name"]
    *conda, pip = environment["dependencies"]
    assert conda == ["python=3.11", "pip"]
    assert pip == {"pip": ["-c constraints.txt", "-e .[notebooks,dev]"]}
    assert set(EXTRAS) == {"notebooks", "dev"}
    assert Version("3.11") in Requirement(f"python{PYPROJECT['project']['requires-python']}").specifier


def python_files() -> list[tuple[str, str]]:
    found = [(str(path.relative_to(PROJECT)), path.read_text(encoding="utf-8"))
             for folder in ("helpers", "tests") for path in sorted((PROJECT / folder).rglob("*.py"))]  # fmt: skip
    for path in sorted((PROJECT / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        found.append((path.name, re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.MULTILINE)))
    return found


@pytest.mark.parametrize(("name", "code"), [pytest.param(*file, id=file[0]) for file in python_files()])
def test_what_is_imported_is_a_direct_dependency(name, code):
    direct = {canonicalize_name(requirement.name) for requirement in DIRECT} | {"dpt-depth-course"}
    providers = importlib.metadata.packages_distributions()
    local = {path.stem for path in (PROJECT / "tests").glob("*.py")} | {"helpers"}
    for node in ast.walk(ast.parse(code)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module]
        for package in {full.partition(".")[0] for full in names}:
            if package in sys.stdlib_module_names or package in local or package in OPTIONAL:
                continue
            owners = {canonicalize_name(owner) for owner in providers.get(package, [])}
            assert owners & direct, f"{name} imports {package}, which pyproject.toml does not list"


OPTIONAL = {"torchvision"}  # looked for by the installation check, which advises to remove it


def test_pip_finds_no_conflict():
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_data_and_weights_are_part_of_the_package():
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["helpers"]
    helpers = PROJECT / "helpers"
    packaged = {path for pattern in patterns for path in helpers.glob(pattern) if path.is_file()}
    others = {path for path in helpers.rglob("*") if path.is_file() and path.suffix != ".py"}
    others = {path for path in others if "__pycache__" not in path.parts and not path.name.startswith(".")}
    assert others <= packaged, sorted(map(str, others - packaged))
    assert helpers / "weights" / "depth" / "model.safetensors" in packaged
    assert helpers / "data" / "room.png" in packaged


@pytest.mark.skipif(not shutil.which("git") or not (PROJECT / ".git").exists(), reason="needs a clone")
def test_git_changes_no_byte_that_a_manifest_vouches_for():
    for manifest in (PROJECT / "helpers" / "weights").glob("*/manifest.json"):
        files = [str(manifest.with_name(name)) for name in json.loads(manifest.read_text(encoding="utf-8"))["files"]]
        command = ["git", "check-attr", "text", "--", *files]
        said = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        assert len(files) == 3 and said.count("text: unset") == 3, said


def test_importing_helpers_loads_nothing_heavy():
    heavy = ("torch", "transformers", "numba", "matplotlib", "PIL", "requests")
    code = f"import helpers, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(("before", "after"), [(None, "10000"), ("77", "77")])
def test_threads_do_not_spin_for_long_unless_one_wants_it(before, after):
    environment = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    environment |= {"GOMP_SPINCOUNT": before} if before else {}
    code = "import os; from helpers.run import kernel_environment; print(kernel_environment()['GOMP_SPINCOUNT'])"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == after


@pytest.mark.parametrize("code", [bench._PREDICT, bench._TRAIN])
def test_what_the_benchmark_runs_in_processes_of_its_own_runs(code, monkeypatch, capsys):
    def once(work, **_):
        work()
        return 0.25, 0

    monkeypatch.setattr(bench, "median_seconds", once)
    exec(code, {})
    assert capsys.readouterr().out == "0.25\n"


def test_what_fails_in_the_benchmark_is_said():
    assert bench._printed_seconds([bench._begun("print('so'); print(0.5)", {})]) == [0.5]
    with pytest.raises(NotebookError, match=r"failed: ZeroDivisionError: .*zero"):
        bench._printed_seconds([bench._begun("print(1)", {}), bench._begun("1 / 0", {})])


def test_the_benchmark_without_a_peak_of_memory_where_none_is_kept(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows
    monkeypatch.setattr(bench, "execute", lambda *_: None)
    bench._measure_notebook(Path("01_a.ipynb"))
    said = subprocess.CompletedProcess([], 0, stdout=capsys.readouterr().out)
    monkeypatch.setattr(bench.subprocess, "run", lambda *_, **__: said)
    assert bench._notebook_row(Path("01_a.ipynb")) == (
        "01_a.ipynb, kernel start included; peak memory of its kernel",
        "0.0 s; –",
    )


@pytest.mark.parametrize(("library", "more"), [("glibc", ["memory_rows", "crowd_rows"]), ("", [])])
def test_the_benchmark_times_settings_of_glibc_only_where_there_is_one(library, more, monkeypatch, capsys):
    for name in ("start_rows", "model_rows", "memory_rows", "crowd_rows", "scene_rows"):
        monkeypatch.setattr(bench, name, lambda name=name: [(name, "1 s")])
    monkeypatch.setattr(platform, "libc_ver", lambda: (library, ""))
    assert bench.main(["quick"]) == 0
    rows = re.findall(r"\w+_rows", capsys.readouterr().out)
    assert rows == ["start_rows", "model_rows", *more, "scene_rows"]


def test_rendering_needs_no_folder_that_can_be_written(monkeypatch):
    from helpers import scenes

    monkeypatch.setenv("NUMBA_CACHE_DIR", "")  # as good as unset; and what this test sets is gone when it ends
    scenes._make_room_for_compiled_code()
    assert os.environ["NUMBA_CACHE_DIR"] == ""  # there is one: numba finds it

    def refuse(**_):
        raise PermissionError

    monkeypatch.setattr(scenes.tempfile, "TemporaryFile", refuse)
    scenes._make_room_for_compiled_code()
    room = Path(os.environ["NUMBA_CACHE_DIR"])
    assert room.is_dir() and room.stat().st_mode & 0o077 == 0
    room.rmdir()

    def no_room(**_):
        raise FileNotFoundError

    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.setattr(scenes.tempfile, "mkdtemp", no_room)
    scenes._make_room_for_compiled_code()
    assert os.environ["NUMBA_CACHE_DIR"] == ""  # numba says so when something is to be rendered


@pytest.mark.parametrize("system", ["win32", "darwin", "linux"])
def test_compiled_code_is_looked_for_where_numba_keeps_it(system, monkeypatch, tmp_path):
    from numba.misc import appdirs

    from helpers import scenes

    for name in ("HOME", "USERPROFILE", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.setattr(appdirs, "system", system)
    monkeypatch.setattr(appdirs, "_get_win_folder", lambda _: os.environ["LOCALAPPDATA"], raising=False)
    numbas = Path(appdirs.AppDirs(appname="numba", appauthor=False).user_cache_dir)

    def refuse_others(dir):
        if dir != numbas:
            raise PermissionError
        return contextlib.nullcontext()

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(scenes.tempfile, "TemporaryFile", refuse_others)
    scenes._make_room_for_compiled_code()
    assert numbas.is_dir() and os.environ["NUMBA_CACHE_DIR"] == ""


_FAULTS = """
import resource
import sys
import helpers
if sys.argv[1] == "training":
    from helpers.steps import fast_cpu
    fast_cpu()
for _ in range(3):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    b"x" * (int(sys.argv[2]) << 20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc's allocator is told anything")
@pytest.mark.parametrize(
    ("what", "megabytes", "setting", "kept"),
    [
        ("helpers", 8, {}, True),
        ("helpers", 40, {}, False),
        ("training", 40, {}, True),
        ("helpers", 8, {"MALLOC_MMAP_THRESHOLD_": "131072"}, False),
        ("helpers", 8, {"MALLOC_TRIM_THRESHOLD_": "131072"}, False),
        ("training", 40, {"GLIBC_TUNABLES": "glibc.malloc.mmap_threshold=131072"}, False),
    ],
)
def test_the_memory_of_maps_is_kept_unless_one_says_otherwise(what, megabytes, setting, kept):
    ours = ("MALLOC_", "GLIBC_TUNABLES")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | setting
    command = [sys.executable, "-c", _FAULTS, what, str(megabytes)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    faults, pages = int(done.stdout), (megabytes << 20) // mmap.PAGESIZE
    assert faults < pages / 20 if kept else faults > pages / 2, (faults, pages)
