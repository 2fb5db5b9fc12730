"""Every test, and every notebook under nbval, runs in the same quiet, repeatable environment as `make run`.

Fixtures that several test modules share are here too.
"""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import settings
from image_server import ImageServer

from helpers.run import kernel_environment

# No limit on seconds: a busy machine is no fault of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

_SCRATCH = tempfile.mkdtemp(prefix="dpt-depth-course-tests-")


def pytest_configure() -> None:
    environment = kernel_environment()
    # What notebooks and helpers write and keep goes to a folder of this run, never to the reader's out/ or caches.
    environment |= {name: os.path.join(_SCRATCH, name.lower()) for name in ("DPT_OUT", "DPT_CACHE", "IPYTHONDIR")}
    os.environ.clear()
    os.environ.update(environment)


def pytest_unconfigure() -> None:
    shutil.rmtree(_SCRATCH, ignore_errors=True)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for downloaded pictures, empty and of this test alone; no proxy stands before the test's servers."""
    monkeypatch.setenv("DPT_CACHE", str(tmp_path / "cache"))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return tmp_path / "cache" / "pictures"


@pytest.fixture
def server() -> Iterator[ImageServer]:
    """A server of pictures that runs while the test does."""
    with ImageServer() as running:
        yield running


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """torch works with one thread: on small models, threads that wait for each other cost more than they bring."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def fake_scenes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Scenes are those of the module's own `fake_render`; gives the numbers of those that were rendered."""
    from helpers import scenes

    seeds: list[int] = []

    def render(seed: int, *args: object, **kwargs: object) -> object:
        seeds.append(seed)
        return request.module.fake_render(seed, *args, **kwargs)

    monkeypatch.setattr(scenes, "render", render)
    return seeds


def let_time_fly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainings see a clock that is 0.25 s later at every look, of which a step takes two: 120 steps a minute."""
    from helpers import training_run

    looks = itertools.count()
    monkeypatch.setattr(training_run, "time", SimpleNamespace(monotonic=lambda: 0.25 * next(looks)))


@pytest.fixture
def quick_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """See `let_time_fly`: what a training is told to do in 0.05 minutes are six steps, on any machine."""
    let_time_fly(monkeypatch)
