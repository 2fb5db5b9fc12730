"""Every test, and every notebook under nbval, runs in the same quiet, repeatable environment as `make run`."""

from __future__ import annotations

import os
import shutil
import tempfile

from helpers.run import kernel_environment

_SCRATCH = tempfile.mkdtemp(prefix="dpt-depth-course-tests-")


def pytest_configure() -> None:
    environment = kernel_environment()
    # What notebooks and helpers write and keep goes to a folder of this run, never to the reader's out/ or caches.
    environment |= {name: os.path.join(_SCRATCH, name.lower()) for name in ("DPT_OUT", "DPT_CACHE", "IPYTHONDIR")}
    os.environ.clear()
    os.environ.update(environment)


def pytest_unconfigure() -> None:
    shutil.rmtree(_SCRATCH, ignore_errors=True)
