"""The course's shared module: the few names that notebooks use, each imported when it is first needed.

`import helpers` itself is quick: torch and transformers are loaded by the first call that wants them.
"""

from __future__ import annotations

import os
import warnings
from importlib import import_module
from typing import Any

from helpers.memory import keep_freed_memory

# Torch's threads spin while they wait for each other, 300,000 turns by default, and hold up whatever else runs: two
# trainings at once on two cores often took 8 s a step instead of 0.5 s. With 10,000 turns they took 1.5 s, and one
# alone about a twentieth more (`make bench`). Read when torch is loaded; what you set yourself stays.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

# The largest map inside the bundled DPT has 8 MB. With such memory kept, a prediction takes two thirds to five
# sixths of the time (`make bench`). Blocks of 32 MB, such as large pictures, still go back at once.
keep_freed_memory(block=32 << 20, free=128 << 20)

# Plain progress bars serve well; tqdm's advice to install widgets would stand at the top of every notebook.
warnings.filterwarnings("ignore", message="IProgress not found")

_HOME = {
    "CheckpointError": "checkpoints",
    "Dpt": "checkpoints",
    "ImageError": "images",
    "load_dpt": "checkpoints",
    "load_image": "images",
    "predict_inverse_depth": "depth",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"helpers.{_HOME[name]}"), name)
    raise AttributeError(f"module 'helpers' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
