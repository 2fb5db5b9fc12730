"""`load_dpt` against a Hub that hangs, drips and cuts, against processes that are killed, and against full disks."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import hub_server
import pytest
import small_dpt
import torch
from hub_server import COMMIT, Hub, Model
from safetensors.torch import load_file, save_file
from small_dpt import CHECK, ask, finish, start

from helpers.integrity import sha256_of

pytestmark = pytest.mark.faults
needs_kill = pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL and resource limits")
WEIGHTS = "model.safetensors"
BOUND = 15.0  # seconds in which a Hub that says nothing is given up, imports not counted
LARGE = 6_000_000


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_dpt.save(tmp_path_factory.mktemp("hub") / "lean", unused=False)


@pytest.fixture
def hub(small: Path):
    with hub_server.running({"Intel/dpt-large": Model(small_dpt.files_of(small))}) as running:
        yield running


@pytest.fixture
def large_hub(hub: Hub) -> Hub:
    """The same with weights that take a while; they are whole, though no model's."""
    hub.models["Intel/dpt-large"].files[WEIGHTS] = small_dpt.safetensors_bytes(LARGE)
    return hub


def ranges(hub: Hub) -> list[str]:
    """The Range headers of all requests for the weights since the last call."""
    found = [asked.range for asked in hub.asked if asked.method == "GET" and asked.path.endswith(WEIGHTS)]
    hub.asked.clear()
    return found


def snapshot(home: Path, model: str = "Intel--dpt-large") -> Path:
    return home / "hub" / f"models--{model}" / "snapshots" / COMMIT


def partials(home: Path) -> list[Path]:
    return list(home.rglob("blobs/*.incomplete"))


def arrived(home: Path) -> int:
    """Bytes in files that are not whole yet; a file may become whole, under its own name, while they are counted."""
    total = 0
    for path in partials(home):
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_size
    return total


def assert_whole_or_absent(home: Path) -> None:
    for blob in home.rglob("blobs/*"):
        if len(blob.name) == 64:
            assert sha256_of(blob) == blob.name
    for path in home.rglob("snapshots/*/*.json"):
        json.loads(path.read_bytes())


def assert_recovers(hub: Hub, home: Path) -> None:
    """Once the Hub is well again, so is the loader, on the same cache."""
    hub.fault = None
    assert "value" in ask(CHECK, home, **hub.environment)
    assert sha256_of(snapshot(home) / WEIGHTS) == (snapshot(home) / WEIGHTS).resolve().name
    assert not partials(home)


STALLS = {
    "silent": (hub_server.silent, "does not answer"),
    "drips its head": (hub_server.drips_its_head, "does not answer"),
    "silent in the middle of the weights": (hub_server.silent_in_the_middle, "hardly any bytes come"),
    "drips the weights": (hub_server.drips, "hardly any bytes come"),
    "503 for the weights": (hub_server.refuses_weights(503), "status 503"),
}


@pytest.mark.parametrize(("fault", "message"), STALLS.values(), ids=STALLS)
def test_a_hub_that_does_not_get_on_is_given_up_in_bounded_time(hub: Hub, tmp_path: Path, fault, message: str):
    hub.fault = fault
    answer = ask(CHECK, tmp_path, **hub.environment)
    assert message in answer["error"] and "make fetch" in answer["error"] and "\n" not in answer["error"]
    assert answer["seconds"] < BOUND
    assert answer["stderr"] == ""
    assert_whole_or_absent(tmp_path)
    assert not (snapshot(tmp_path) / WEIGHTS).exists()
    assert_recovers(hub, tmp_path)


@pytest.mark.parametrize("endpoint", ["http://no-such-host.invalid", "https://127.0.0.1:9", "no-address"])
def test_a_hub_that_is_nowhere(tmp_path: Path, endpoint: str):
    answer = ask(CHECK, tmp_path, HF_ENDPOINT=endpoint)
    assert re.search("cannot be reached|does not answer", answer["error"]) and endpoint in answer["error"]
    assert answer["seconds"] < BOUND


def test_a_hub_that_speaks_no_tls(hub: Hub, tmp_path: Path):
    answer = ask(CHECK, tmp_path, **{**hub.environment, "HF_ENDPOINT": hub.url.replace("http:", "https:")})
    assert "cannot be reached" in answer["error"] and answer["seconds"] < BOUND


def test_a_transfer_that_is_cut_goes_on_where_it_stopped(hub: Hub, tmp_path: Path):
    hub.fault = hub_server.cuts
    assert "value" in ask(CHECK, tmp_path, **hub.environment)
    first, *more = ranges(hub)
    assert first == "" and len(more) == 2 and all(re.fullmatch(r"bytes=[1-9]\d+-", asked) for asked in more)
    assert_recovers(hub, tmp_path)


def test_a_transfer_that_is_always_cut_and_cannot_go_on(hub: Hub, tmp_path: Path):
    hub.ranges, hub.fault = False, hub_server.cuts
    answer = ask(CHECK, tmp_path, **hub.environment)
    assert "never arrives whole" in answer["error"] and answer["seconds"] < BOUND
    assert_recovers(hub, tmp_path)


@pytest.mark.parametrize("kind", ["shorter", "longer", "a web page"])
def test_weights_that_are_not_as_long_as_announced(hub: Hub, tmp_path: Path, kind: str):
    weights = hub.models["Intel/dpt-large"].files[WEIGHTS]
    other = {"shorter": weights[:-1], "longer": weights + b"\0", "a web page": b"<!DOCTYPE html><html></html>"}[kind]
    hub.fault = hub_server.sends_instead(other)
    answer = ask(CHECK, tmp_path, **hub.environment)
    assert "never arrives whole" in answer["error"]
    assert answer["seconds"] < BOUND
    assert not (snapshot(tmp_path) / WEIGHTS).exists()
    assert_recovers(hub, tmp_path)


def test_a_web_page_instead_of_the_configuration(hub: Hub, tmp_path: Path):
    hub.fault = hub_server.sends_instead(b"<!DOCTYPE html><html></html>", "config.json")
    assert "error" in ask(CHECK, tmp_path, **hub.environment)
    assert not list(tmp_path.rglob("snapshots/*/config.json"))
    assert_recovers(hub, tmp_path)


def test_an_answer_for_another_revision_is_refused(hub: Hub, tmp_path: Path):
    files = hub.models["Intel/dpt-large"].files
    hub.models["Intel/dpt-large"] = Model(files, "3" * 40, branches=(COMMIT,))
    answer = ask(CHECK, tmp_path, **hub.environment)
    assert "answered for revision 333" in answer["error"] and not list(tmp_path.rglob("snapshots/*"))


def test_a_damaged_configuration_is_fetched_again_once(hub: Hub, tmp_path: Path):
    hub.fault = hub_server.flips_a_byte(1, "/config.json")
    assert "value" in ask(CHECK, tmp_path, **hub.environment)
    name = "config.json"
    assert (snapshot(tmp_path) / name).read_bytes() == hub.models["Intel/dpt-large"].files[name]


def test_a_mirror_that_names_weights_by_another_digest(hub: Hub, tmp_path: Path):
    hub.plain_etags, hub.fault = True, hub_server.flips_a_byte(1)
    value = ask(CHECK, tmp_path, **hub.environment)["value"]
    blob = (snapshot(tmp_path) / WEIGHTS).resolve()
    assert len(blob.name) == 40 and value["sha256"] == sha256_of(blob)
    hub.asked.clear()
    data = bytearray(blob.read_bytes())
    data[-9] ^= 1
    blob.write_bytes(data)
    assert "is damaged" in ask(CHECK, tmp_path, HF_HUB_OFFLINE="1", **hub.environment)["error"]
    assert ask(CHECK, tmp_path, **hub.environment)["value"] == value


def test_the_bar_shows_the_transfer_and_where_it_went_on(large_hub: Hub, tmp_path: Path):
    large_hub.fault = hub_server.silent_in_the_middle
    first = ask(CHECK, tmp_path, **large_hub.environment)
    assert "error" in first and f"{WEIGHTS}:" in first["stderr"]
    large_hub.fault = None
    second = ask(CHECK, tmp_path, **large_hub.environment)
    assert "value" in second and f"{WEIGHTS} (going on):" in second["stderr"] and "100%" in second["stderr"]
    assert not re.search(r"\b0%", second["stderr"])
    quiet = ask(CHECK, tmp_path / "other", HF_HUB_DISABLE_PROGRESS_BARS="1", **large_hub.environment)
    assert quiet["stderr"] == ""


@needs_kill
def test_killed_in_the_middle_and_started_again_it_goes_on(large_hub: Hub, tmp_path: Path):
    large_hub.fault = hub_server.crawls(6)
    process = start(CHECK, tmp_path, **large_hub.environment)
    until(lambda: arrived(tmp_path) > LARGE // 3)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (snapshot(tmp_path) / WEIGHTS).exists()
    assert_whole_or_absent(tmp_path)
    fetched = arrived(tmp_path)
    large_hub.fault = None
    large_hub.asked.clear()
    assert "value" in ask(CHECK, tmp_path, **large_hub.environment)
    assert ranges(large_hub) == [f"bytes={fetched}-"]
    assert_recovers(large_hub, tmp_path)


@needs_kill
def test_a_partial_file_that_has_rotted_is_fetched_anew(large_hub: Hub, tmp_path: Path):
    large_hub.fault = hub_server.crawls(6)
    process = start(CHECK, tmp_path, **large_hub.environment)
    until(lambda: arrived(tmp_path) > LARGE // 3)
    process.kill()
    process.communicate()
    (partial,) = partials(tmp_path)
    data = bytearray(partial.read_bytes())
    data[1000] ^= 1
    partial.write_bytes(data)
    large_hub.asked.clear()
    assert_recovers(large_hub, tmp_path)
    assert ranges(large_hub) == [f"bytes={len(data)}-", ""]


@needs_kill
def test_killed_at_any_moment_every_file_is_whole_or_absent(large_hub: Hub, tmp_path: Path):
    large_hub.fault = hub_server.crawls(0.4)
    dice = random.Random(5)
    finished = 0
    for _ in range(12):
        asked = len(large_hub.asked)
        process = start(CHECK, tmp_path, **large_hub.environment)
        until(lambda process=process, asked=asked: len(large_hub.asked) > asked or process.poll() is not None)
        time.sleep(dice.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert_whole_or_absent(tmp_path)
        if (snapshot(tmp_path) / WEIGHTS).exists():
            finished += 1
            shutil.rmtree(tmp_path / "hub")
    assert finished < 12
    assert_recovers(large_hub, tmp_path)


def test_two_programs_at_once_fetch_the_file_once(large_hub: Hub, tmp_path: Path):
    large_hub.fault = hub_server.crawls(3)
    both = [start(CHECK, tmp_path, **large_hub.environment) for _ in range(2)]
    answers = [finish(process) for process in both]
    assert answers[0]["value"] == answers[1]["value"]
    assert ranges(large_hub) == [""]


@needs_kill
def test_another_program_that_holds_the_lock_and_does_nothing(hub: Hub, tmp_path: Path):
    hub.fault = hub_server.silent_in_the_middle
    first = start(CHECK, tmp_path, **hub.environment)
    until(lambda: bool(partials(tmp_path)))
    first.send_signal(signal.SIGSTOP)
    hub.fault = None
    try:
        answer = ask(CHECK, tmp_path, **hub.environment)
        assert "another program on this machine" in answer["error"] and answer["seconds"] < BOUND
    finally:
        first.kill()
        first.communicate()
    assert_recovers(hub, tmp_path)


def test_what_the_hubs_own_client_has_cached_is_taken(hub: Hub, tmp_path: Path):
    files = ["config.json", "preprocessor_config.json", WEIGHTS]
    call = f"[huggingface_hub.hf_hub_download('Intel/dpt-large', f, revision='{COMMIT}') for f in {files}]"
    assert len(ask(call, tmp_path, **hub.environment)["value"]) == 3
    hub.asked.clear()
    assert ask(CHECK, tmp_path, **hub.environment)["value"]["revision"] == COMMIT
    assert hub.asked == []


def test_a_model_in_several_files(hub: Hub, tmp_path: Path):
    files = hub.models["Intel/dpt-large"].files
    (tmp_path / "all").write_bytes(files.pop(WEIGHTS))
    tensors = load_file(tmp_path / "all")
    names = sorted(tensors)
    parts = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, part in parts.items():
        save_file({name: tensors[name] for name in part}, tmp_path / file, metadata={"format": "pt"})
        files[file] = (tmp_path / file).read_bytes()
    index = {"metadata": {}, "weight_map": {name: file for file, part in parts.items() for name in part}}
    files[f"{WEIGHTS}.index.json"] = json.dumps(index).encode()
    home = tmp_path / "home"
    hub.fault = hub_server.flips_a_byte(1)
    call = "checkpoints.load_dpt('Intel/dpt-large', device='cpu').card.sha256"
    first = ask(call, home, **hub.environment)["value"]
    hub.asked.clear()
    assert ask(call, home, HF_HUB_OFFLINE="1", **hub.environment)["value"] == first
    assert hub.asked == []
    (snapshot(home) / "model-00002-of-00002.safetensors").resolve().unlink()
    assert "not in the cache" in ask(call, home, HF_HUB_OFFLINE="1", **hub.environment)["error"]
    assert ask(call, home, **hub.environment)["value"] == first


class _Bomb:
    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (self.path,)


def test_a_pickle_is_read_for_the_listed_model_only_and_never_runs_code(hub: Hub, small: Path, tmp_path: Path):
    files = small_dpt.files_of(small)
    files.pop(WEIGHTS)
    buffer = io.BytesIO()
    torch.save(load_file(small / WEIGHTS), buffer)
    files["pytorch_model.bin"] = buffer.getvalue()
    commit = "11eaf7a1cf4bd70740697dbc216f98980c0aeb03"
    hub.models["Intel/dpt-hybrid-midas"] = Model(files, commit)
    call = "checkpoints.load_dpt('Intel/dpt-hybrid-midas', device='cpu').card.revision"
    assert ask(call, tmp_path / "good", **hub.environment)["value"] == commit

    trap = tmp_path / "trap"
    hub.models["Intel/dpt-hybrid-midas"] = Model({**files, "pytorch_model.bin": pickle.dumps(_Bomb(str(trap)))}, commit)
    assert "cannot load the model" in ask(call, tmp_path / "bad", **hub.environment)["error"]
    assert not trap.exists()

    hub.models["someone/else"] = Model(files, commit)
    call = "checkpoints.load_dpt('someone/else')"
    assert "no model.safetensors" in ask(call, tmp_path / "other", **hub.environment)["error"]


@pytest.mark.parametrize("missing", ["config.json", "preprocessor_config.json"])
def test_a_model_on_the_hub_that_lacks_a_file(hub: Hub, tmp_path: Path, missing: str):
    del hub.models["Intel/dpt-large"].files[missing]
    answer = ask(CHECK, tmp_path, **hub.environment)
    assert f"has no {missing}" in answer["error"]


def test_a_model_of_another_kind_is_refused(hub: Hub, tmp_path: Path):
    files = hub.models["Intel/dpt-large"].files
    files["config.json"] = json.dumps({"model_type": "depth_anything"}).encode()
    answer = ask(CHECK, tmp_path, **hub.environment)
    assert "type 'depth_anything', not 'dpt'" in answer["error"]


def test_a_revision_that_does_not_exist(hub: Hub, tmp_path: Path):
    answer = ask(CHECK.replace("dpt-large", "dpt-large@v9"), tmp_path, **hub.environment)
    assert "no revision 'v9'" in answer["error"]
    value = ask(CHECK.replace("dpt-large", "dpt-large@main"), tmp_path, **hub.environment)["value"]
    assert value["revision"] == COMMIT


def test_a_disk_that_is_too_small(hub: Hub, tmp_path: Path):
    before = "import shutil; shutil.disk_usage = lambda path: shutil._ntuple_diskusage(10**9, 10**9, 1000)"
    answer = ask(CHECK, tmp_path, before=before, **hub.environment)
    assert "MB free" in answer["error"] and "HF_HOME" in answer["error"]
    assert_recovers(hub, tmp_path)


@needs_kill
@pytest.mark.parametrize("code", ["ENOSPC", "EDQUOT"])
def test_a_disk_that_fills_up_meanwhile(large_hub: Hub, tmp_path: Path, code: str):
    # The system's own limit on the size of a file stops the write; only its code is that of a full disk.
    before = f"""
import errno, resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
errno.{code} = errno.EFBIG
"""
    answer = ask(CHECK, tmp_path, before=before, **large_hub.environment)
    assert "the disk is full" in answer["error"] and "HF_HOME" in answer["error"]
    assert not (snapshot(tmp_path) / WEIGHTS).exists()
    assert_recovers(large_hub, tmp_path)


def test_a_cache_that_cannot_be_written(hub: Hub, tmp_path: Path):
    (tmp_path / "home").write_text("a file where the folder should be")
    answer = ask(CHECK, tmp_path / "home", **hub.environment)
    assert "cannot be used" in answer["error"] and "HF_HOME" in answer["error"]


def test_a_torchvision_that_does_not_fit_is_named(small: Path, tmp_path: Path):
    package = tmp_path / "site" / "torchvision"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "__version__ = '0.1'\nraise RuntimeError('operator torchvision::nms does not exist')\n"
    )
    facts = tmp_path / "site" / "torchvision-0.1.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: torchvision\nVersion: 0.1\n")
    path = os.pathsep.join([str(tmp_path / "site"), str(small_dpt.ROOT)])
    answer = ask(f"checkpoints.load_dpt({str(small)!r})", tmp_path, PYTHONPATH=path)
    assert "pip uninstall torchvision" in answer["error"] and "\n" not in answer["error"]


def test_the_command_line_prepares_a_machine(hub: Hub, tmp_path: Path):
    def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "helpers.checkpoints", *arguments],
            env=small_dpt.environment(tmp_path, **hub.environment, **more),
            capture_output=True,
            text=True,
            timeout=60,
        )

    for refused in (command("fetch", HF_HUB_OFFLINE="1", DPT_CHECKPOINT="Intel/dpt-large"), command("fetch", "a/none")):
        assert refused.returncode == 2 and refused.stdout == ""
        assert refused.stderr.startswith("CheckpointError: ") and refused.stderr.count("\n") == 1
    done = command("fetch", DPT_CHECKPOINT="Intel/dpt-large")
    assert done.returncode == 0 and COMMIT in done.stdout and done.stderr == ""
    hub.asked.clear()
    assert command("fetch", "Intel/dpt-large", HF_HUB_OFFLINE="1").returncode == 0
    assert hub.asked == []


def until(condition, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.01)
