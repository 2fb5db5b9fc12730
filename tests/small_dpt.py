"""A DPT small enough to be made in a test, and how to run the course's loader in a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SIZES = {
    "hidden_size": 32,
    "num_hidden_layers": 4,
    "num_attention_heads": 2,
    "intermediate_size": 64,
    "image_size": 32,
    "patch_size": 8,
    "backbone_out_indices": [0, 1, 2, 3],
    "neck_hidden_sizes": [8, 8, 16, 16],
    "fusion_hidden_size": 8,
}
UNUSED = "neck.fusion_stage.layers.0.residual_layer1."


def save(folder: Path, *, unused: bool = True) -> Path:
    """Write a DPT with random weights to a folder, float16 as the bundled one; without the tensors nobody uses if so
    asked, as Intel/dpt-large is."""
    import torch
    from safetensors.torch import save_file
    from transformers import DPTConfig, DPTForDepthEstimation, DPTImageProcessorPil

    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = DPTForDepthEstimation(DPTConfig(**SIZES)).half()
    folder.mkdir(parents=True, exist_ok=True)
    model.config.save_pretrained(folder)
    DPTImageProcessorPil(size={"height": 32, "width": 32}, image_mean=[0.5] * 3, image_std=[0.5] * 3).save_pretrained(
        folder
    )
    tensors = {k: v.contiguous() for k, v in model.state_dict().items() if unused or not k.startswith(UNUSED)}
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def add_manifest(folder: Path) -> Path:
    """Write the manifest.json of a checkpoint that ships."""
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    facts = {"name": "small", "revision": "1", "licence": "MIT", "meaning": "relative inverse depth", "files": files}
    (folder / "manifest.json").write_text(json.dumps(facts))
    return folder


def safetensors_bytes(size: int, seed: int = 0) -> bytes:
    """A whole safetensors file of one uint8 tensor with `size` bytes that look random."""
    data = hashlib.shake_256(b"%d" % seed).digest(size)
    header = json.dumps({"blob": {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return struct.pack("<Q", len(header)) + header + data


def files_of(folder: Path) -> dict[str, bytes]:
    """The files of a checkpoint's folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "manifest.json"}


_ASK = """
import json, sys, time
import huggingface_hub.file_download, huggingface_hub.utils, requests
from helpers import checkpoints, hub
{before}
started = time.monotonic()
try:
    value = {call}
    answer = {{"value": value}}
except checkpoints.CheckpointError as error:
    answer = {{"error": str(error)}}
answer["seconds"] = time.monotonic() - started
print("ANSWER" + json.dumps(answer))
"""
CHECK = "vars(checkpoints.check_checkpoint('Intel/dpt-large'))"


def environment(home: Path, **variables: str) -> dict[str, str]:
    """This process's environment without proxies and Hub settings, with a Hub cache of its own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HF_", "HUGGING", "TRANSFORMERS_", "DPT_", "TQDM_")) and "proxy" not in name.lower()
    }
    return {**kept, "HF_HOME": str(home), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **variables}


def start(call: str, home: Path, *, before: str = "", **variables: str) -> subprocess.Popen[str]:
    """Start a fresh Python that evaluates `call` (an expression) with `checkpoints` and `hub` at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", _ASK.format(call=call, before=before)],
        env=environment(home, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], seconds: float = 60.0) -> dict:
    """Wait for what `start` began: {"value" or "error", "seconds", "stderr"}."""
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        raise
    lines = [line for line in out.splitlines() if line.startswith("ANSWER")]
    assert lines, f"no answer; stderr:\n{err}"
    return {**json.loads(lines[-1].removeprefix("ANSWER")), "stderr": err}


def ask(call: str, home: Path, *, before: str = "", **variables: str) -> dict:
    """`start` and `finish`."""
    return finish(start(call, home, before=before, **variables))
