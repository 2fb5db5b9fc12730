"""Checkpoints: the right weights, or one clear line; from a folder, as shipped, and from a Hub on the loopback."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import hub_server
import pytest
import small_dpt
import torch
from hub_server import COMMIT, Hub, Model
from safetensors.torch import load_file, save_file
from small_dpt import CHECK, ask
from transformers import DPTForDepthEstimation

import helpers
from helpers import checkpoints, integrity
from helpers.checkpoints import CheckpointError, check_checkpoint, load_dpt

WEIGHTS = "model.safetensors"


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_dpt.save(tmp_path_factory.mktemp("checkpoint") / "small")


@pytest.fixture
def folder(pristine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DPT_CHECKPOINT", raising=False)
    return Path(shutil.copytree(pristine, tmp_path / "small"))


@pytest.fixture
def shipped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkpoint in the place of the one that ships."""
    small_dpt.add_manifest(folder)
    monkeypatch.setattr(checkpoints, "BUNDLED", folder)
    return folder


def one_line(error: pytest.ExceptionInfo[CheckpointError]) -> str:
    text = str(error.value)
    assert "\n" not in text and text.endswith((".", ")")) and 40 < len(text) < 700
    return text


def edit_json(path: Path, **changes: object) -> None:
    values = json.loads(path.read_text())
    values.update(changes)
    path.write_text(json.dumps({key: value for key, value in values.items() if value is not ...}))


def edit_tensors(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    tensors = load_file(folder / WEIGHTS)
    change(tensors)
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})


def flip(path: Path, at: int | None = None) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    path.write_bytes(data)


# A folder


def test_a_folder_is_loaded_as_transformers_itself_would(folder: Path):
    dpt = load_dpt(folder, device="cpu")
    assert not dpt.model.training
    assert dpt.model.dtype == torch.float32
    theirs = DPTForDepthEstimation.from_pretrained(folder, dtype=torch.float32).eval()
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        mine, own = dpt.model(picture).predicted_depth, theirs(picture).predicted_depth
    torch.testing.assert_close(mine, own)  # not to the bit: the helper lays convolutions out for speed
    assert dpt.processor.size == {"height": 32, "width": 32}
    assert dpt.card.sha256 == integrity.sha256_of(folder / WEIGHTS)
    assert (dpt.card.name, dpt.card.revision, dpt.card.source) == ("small", "", str(folder))
    assert "not stated" in dpt.card.licence and "not stated" in dpt.card.meaning


def test_the_default_device_is_cuda_or_the_cpu(folder: Path):
    assert load_dpt(folder).model.device.type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("dtype", [torch.bfloat16, "bfloat16"])
def test_bfloat16(folder: Path, dtype: str | torch.dtype):
    assert load_dpt(folder, device="cpu", dtype=dtype).model.dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "cpu", "dtype": "float16"}, "80 times slower"),
        ({"dtype": torch.int8}, "not offered"),
        ({"dtype": "quick"}, "not offered"),
        ({"device": "toaster"}, "toaster"),
        ({"device": "cuda:99"}, "device='cpu'"),
    ],
)
def test_a_wrong_device_or_dtype_is_a_value_error(folder: Path, options: dict, message: str):
    with pytest.raises(ValueError, match=message):
        load_dpt(folder, **options)


def test_tensors_that_are_never_used_may_be_missing_without_a_word(folder: Path, capfd: pytest.CaptureFixture[str]):
    unused = [name for name in load_file(folder / WEIGHTS) if name.startswith(small_dpt.UNUSED)]
    assert len(unused) == 4
    whole = load_dpt(folder, device="cpu").model
    edit_tensors(folder, lambda tensors: [tensors.pop(name) for name in unused])
    dice = torch.get_rng_state()
    lean = load_dpt(folder, device="cpu").model
    assert torch.equal(torch.get_rng_state(), dice)
    picture = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        assert torch.equal(lean(picture).predicted_depth, whole(picture).predicted_depth)
    assert all(not lean.state_dict()[name].any() for name in unused)
    assert capfd.readouterr() == ("", "")


def test_weights_in_several_files(folder: Path):
    whole = load_dpt(folder, device="cpu").model.state_dict()
    tensors = load_file(folder / WEIGHTS)
    names = sorted(tensors)
    halves = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, part in halves.items():
        save_file({name: tensors[name] for name in part}, folder / file, metadata={"format": "pt"})
    index = {"metadata": {}, "weight_map": {name: file for file, part in halves.items() for name in part}}
    (folder / f"{WEIGHTS}.index.json").write_text(json.dumps(index))
    (folder / WEIGHTS).unlink()
    dpt = load_dpt(folder, device="cpu")
    assert all(torch.equal(tensor, whole[name]) for name, tensor in dpt.model.state_dict().items())
    assert re.fullmatch("[0-9a-f]{64}", dpt.card.sha256)
    (folder / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(CheckpointError, match="00002-of-00002.safetensors is missing"):
        load_dpt(folder)
    for wicked in ("../model.safetensors", "/etc/model.safetensors", "model.bin", 7):
        edit_json(folder / f"{WEIGHTS}.index.json", weight_map={names[0]: wicked})
        with pytest.raises(CheckpointError, match="does not name the files"):
            load_dpt(folder)


HTML = b"<!DOCTYPE html><html><title>Sign in</title></html>"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 1367456044\n"


def _write(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def _cut(name: str, keep: float) -> Callable[[Path], object]:
    def cut(folder: Path) -> None:
        data = (folder / name).read_bytes()
        (folder / name).write_bytes(data[: int(keep * len(data))])

    return cut


def _header(change: Callable[[dict], object]) -> Callable[[Path], object]:
    def rewrite(folder: Path) -> None:
        data = (folder / WEIGHTS).read_bytes()
        length = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8 : 8 + length])
        change(header)
        text = json.dumps(header).encode()
        (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text + data[8 + length :])

    return rewrite


BIAS = "head.head.0.bias"
DAMAGES = {
    "config missing": (lambda f: (f / "config.json").unlink(), r"config\.json is missing"),
    "config empty": (_write("config.json", b""), r"config\.json is empty"),
    "config blank": (_write("config.json", b" \n"), r"config\.json is empty"),
    "config cut": (_cut("config.json", 0.5), r"config\.json is not valid JSON"),
    "config HTML": (_write("config.json", HTML), r"config\.json is a web page"),
    "config a list": (_write("config.json", b"[1]"), r"config\.json holds no JSON object"),
    "config not text": (_write("config.json", b"\xff\xfe{}"), r"config\.json is not valid JSON"),
    "config nested too deep": (_write("config.json", b"[" * 100_000), r"config\.json is not valid JSON"),
    "config a folder": (
        lambda f: ((f / "config.json").unlink(), (f / "config.json").mkdir()),
        r"config\.json is a folder",
    ),
    "another model": (lambda f: edit_json(f / "config.json", model_type="vit"), "type 'vit', not 'dpt'"),
    "no model type": (lambda f: edit_json(f / "config.json", model_type=...), "type None, not 'dpt'"),
    "segmentation": (
        lambda f: edit_json(f / "config.json", architectures=["DPTForSemanticSegmentation"]),
        "not one for depth",
    ),
    "architectures no list": (lambda f: edit_json(f / "config.json", architectures=5), "architectures are no list"),
    "backbone elsewhere": (
        lambda f: edit_json(f / "config.json", backbone="someone/model", use_pretrained_backbone=True),
        "backbone 'someone/model' from elsewhere",
    ),
    "config of another size": (lambda f: edit_json(f / "config.json", hidden_size=64), "in another shape"),
    "config deeper": (lambda f: edit_json(f / "config.json", num_hidden_layers=5), "lack dpt.encoder.layer.4"),
    "config impossible": (lambda f: edit_json(f / "config.json", num_attention_heads=5), "cannot load the model"),
    "processor missing": (lambda f: (f / "preprocessor_config.json").unlink(), r"preprocessor_config\.json is missing"),
    "processor cut": (_cut("preprocessor_config.json", 0.5), r"preprocessor_config\.json is not valid JSON"),
    "processor senseless": (
        lambda f: edit_json(f / "preprocessor_config.json", size="large"),
        r"preprocessor_config\.json is no image processor",
    ),
    "weights missing": (lambda f: (f / WEIGHTS).unlink(), r"model\.safetensors is missing"),
    "weights only as a pickle": (
        lambda f: (f / WEIGHTS).rename(f / "pytorch_model.bin"),
        r"only pytorch_model\.bin, a pickle",
    ),
    "weights empty": (_write(WEIGHTS, b""), r"model\.safetensors is empty"),
    "weights LFS pointer": (_write(WEIGHTS, POINTER), "git lfs pull"),
    "weights HTML": (_write(WEIGHTS, HTML), "is a web page"),
    "weights a server's error": (_write(WEIGHTS, b"\n<?xml version='1.0'?><Error>gone</Error>"), "is a web page"),
    "weights a pickle in disguise, as torch wrote them long ago": (
        _write(WEIGHTS, b"\x80\x02" + b"x" * 500),
        "pickle under a safetensors name",
    ),
    "weights a pickle in disguise": (_write(WEIGHTS, b"PK\x03\x04" + b"x" * 500), "pickle under a safetensors name"),
    "weights noise": (_write(WEIGHTS, bytes(range(1, 256)) * 9), "header is unreadable"),
    "weights seven bytes": (_write(WEIGHTS, b"\x08\0\0\0\0\0\0"), "header is unreadable"),
    "weights cut in the header": (_cut(WEIGHTS, 0.05), "cut short.*inside its header"),
    "weights cut in the data": (_cut(WEIGHTS, 0.8), "is cut short"),
    "weights too long": (lambda f: (f / WEIGHTS).open("ab").write(b"\0"), "longer than its header says"),
    "weights with a bad header": (lambda f: flip(f / WEIGHTS, 8), "damaged header"),
    "weights with wrong offsets": (_header(lambda h: h[BIAS].update(data_offsets=[0, 3])), "damaged header"),
    "weights with a hole": (_header(lambda h: h.pop(BIAS)), "damaged header"),
    "weights of an unknown type": (_header(lambda h: h[BIAS].update(dtype="F33")), "damaged header"),
    "weights without offsets": (_header(lambda h: h[BIAS].pop("data_offsets")), "damaged header"),
    "a tensor missing": (lambda f: edit_tensors(f, lambda t: t.pop(BIAS)), f"lack {BIAS}"),
    "several missing": (
        lambda f: edit_tensors(f, lambda t: [t.pop(k) for k in list(t) if k.startswith("head.")]),
        "lack head.* and 5 more",
    ),
    "a tensor too many": (lambda f: edit_tensors(f, lambda t: t.update(more=torch.zeros(2))), "beyond .* more"),
    "a tensor of another shape": (
        lambda f: edit_tensors(f, lambda t: t.update({BIAS: torch.zeros(3)})),
        f"another shape {BIAS}",
    ),
    "NaN": (lambda f: edit_tensors(f, lambda t: t[BIAS].view(-1)[0].fill_(torch.nan)), f"NaN or infinity in {BIAS}"),
    "infinity": (lambda f: edit_tensors(f, lambda t: t[BIAS].view(-1)[0].fill_(torch.inf)), "NaN or infinity"),
}


def test_a_folder_is_called_one_where_opening_it_is_not_permitted(tmp_path, monkeypatch):
    def refuse(*_):  # as Windows does
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(integrity, "open", refuse, raising=False)
    with pytest.raises(CheckpointError, match="is a folder"):
        integrity.check_weights_file(tmp_path)


@pytest.mark.parametrize(("damage", "message"), DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_folder_is_refused_in_one_line(
    folder: Path, damage: Callable[[Path], object], message: str, capfd: pytest.CaptureFixture[str]
):
    damage(folder)
    with pytest.raises(CheckpointError, match=message) as error:
        load_dpt(folder, device="cpu")
    assert "small" in one_line(error)
    assert capfd.readouterr() == ("", "")


def test_a_name_too_long_for_any_folder_is_refused_in_one_line():
    with pytest.raises(CheckpointError, match="cannot be looked up .*too long.*Check the name") as error:
        load_dpt("x" * 300)
    one_line(error)


def test_the_checkpoint_of_the_environment_is_the_callers(tmp_path: Path):
    (tmp_path / "mine").mkdir()
    for name, expected in [
        ("mine", str(tmp_path / "mine")),
        ("./none", str(tmp_path / "none")),
        ("Intel/dpt-large", "Intel/dpt-large"),
        ("", None),
    ]:
        environment = {"DPT_CHECKPOINT": name, "DPT_CALLER": str(tmp_path)}
        assert checkpoints.callers_checkpoint(environment) == expected


def test_no_code_from_a_checkpoint_is_ever_run(folder: Path):
    trap = folder / "trap.py"
    trap.write_text("raise SystemExit('code from the checkpoint has run')\n")
    edit_json(folder / "config.json", auto_map={"AutoConfig": "trap.C", "AutoModelForDepthEstimation": "trap.M"})
    edit_json(folder / "preprocessor_config.json", auto_map={"AutoImageProcessor": "trap.P"})
    assert type(load_dpt(folder, device="cpu").model) is DPTForDepthEstimation


def test_a_manifest_in_a_folder_of_ones_own_counts(folder: Path):
    small_dpt.add_manifest(folder)
    card = load_dpt(folder, device="cpu").card
    assert (card.name, card.revision, card.licence) == ("small", "1", "MIT")
    flip(folder / WEIGHTS)
    with pytest.raises(CheckpointError, match=r"differs from its sha256.*delete manifest\.json"):
        load_dpt(folder)


# The one that ships


def test_the_checkpoint_of_the_course_is_whole_and_needs_no_network(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DPT_CHECKPOINT", raising=False)
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was opened"))
    dpt = helpers.load_dpt()
    assert dpt.card == check_checkpoint() == check_checkpoint(checkpoints.BUNDLED)
    assert dpt.card.meaning.startswith("relative inverse depth")
    assert dpt.card.name and dpt.card.revision and dpt.card.licence != "not stated"
    assert checkpoints.checkpoint_folder() == checkpoints.BUNDLED
    assert not any(tensor.isnan().any() for tensor in dpt.model.state_dict().values())


def test_the_plain_checkpoint_of_the_course_is_built_as_the_large_dpt(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was opened"))
    plain, bundled = (load_dpt(folder, device="cpu") for folder in (checkpoints.BUNDLED_PLAIN, checkpoints.BUNDLED))
    assert plain.card.name != bundled.card.name and plain.card.meaning == bundled.card.meaning
    config = plain.model.config
    assert not config.is_hybrid and config.backbone_config is None and len(config.backbone_out_indices) == 4
    assert config.readout_type == bundled.model.config.readout_type == "project"


def test_the_depth_checkpoints_of_the_course_are_small():
    sizes = [(folder / WEIGHTS).stat().st_size for folder in (checkpoints.BUNDLED, checkpoints.BUNDLED_PLAIN)]
    assert sum(sizes) <= 24e6


def test_a_damaged_plain_checkpoint_is_refused_as_the_course_s_own(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(checkpoints, "BUNDLED_PLAIN", folder)
    with pytest.raises(CheckpointError, match=r"course is damaged: .*manifest\.json"):  # it must have one
        load_dpt(folder)
    small_dpt.add_manifest(folder)
    assert load_dpt(folder, device="cpu").card.name == "small"
    flip(folder / WEIGHTS)
    with pytest.raises(CheckpointError, match="course is damaged: .*sha256"):
        load_dpt(folder)
    shutil.rmtree(folder)
    with pytest.raises(CheckpointError, match="missing.*git checkout"):
        load_dpt(folder)


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json", WEIGHTS])
@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_shipped_checkpoint_is_refused(shipped: Path, name: str, damage: str):
    assert load_dpt(device="cpu").card.name == "small"
    if damage == "flip":
        at = (shipped / name).read_bytes().rindex(b"5") if name.endswith("json") else None  # still valid JSON
        flip(shipped / name, at)
    elif damage == "cut":
        _cut(name, 0.9)(shipped)
    else:
        (shipped / name).unlink()
    for call in (load_dpt, check_checkpoint):
        with pytest.raises(CheckpointError, match="The checkpoint of the course is damaged: .*install") as error:
            call()
        assert name in one_line(error)


@pytest.mark.parametrize(
    "damage",
    [
        lambda f: (f / "manifest.json").unlink(),
        lambda f: edit_json(f / "manifest.json", files={}),
        lambda f: edit_json(f / "manifest.json", files="all"),
        lambda f: edit_json(f / "manifest.json", files={"config.json": "0", "preprocessor_config.json": "0"}),
        lambda f: shutil.rmtree(f),
    ],
)
def test_a_shipped_checkpoint_without_its_manifest_is_refused(shipped: Path, damage: Callable[[Path], object]):
    damage(shipped)
    with pytest.raises(CheckpointError, match="install the course again") as error:
        load_dpt()
    one_line(error)


def test_a_digest_is_remembered_until_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "file"
    path.write_bytes(b"first")
    first = integrity.sha256_of(path)
    reads = []
    digest = integrity.hashlib.file_digest
    monkeypatch.setattr(integrity.hashlib, "file_digest", lambda *a: reads.append(a) or digest(*a))
    assert integrity.sha256_of(path) == integrity.sha256_of(str(path)) == first
    assert not reads
    before = path.stat()
    path.write_bytes(b"fresh")  # as long as before, and its time put back
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert integrity.sha256_of(path) != first
    assert len(reads) == 1


# Which checkpoint is meant


def test_the_environment_names_the_default(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DPT_CHECKPOINT", str(folder))
    assert check_checkpoint().source == str(folder)
    monkeypatch.setenv("DPT_CHECKPOINT", "nowhere/at/all")
    assert check_checkpoint(folder).source == str(folder)
    with pytest.raises(CheckpointError, match="no folder 'nowhere/at/all'"):
        check_checkpoint()


def test_an_empty_environment_means_the_one_that_ships(shipped: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DPT_CHECKPOINT", "")
    assert check_checkpoint().source == check_checkpoint("").source == str(shipped)


def test_folders_are_relative_to_the_working_folder_or_to_home(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    for name in ("small", "./small", "small/", "~/small", Path("small")):
        assert check_checkpoint(name).name == "small"


def test_a_folder_wins_over_a_hub_id_of_the_same_name(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(folder, tmp_path / "Intel" / "dpt-large")
    monkeypatch.chdir(tmp_path)
    assert check_checkpoint("Intel/dpt-large").revision == ""


@pytest.mark.parametrize("name", ["dpt-large", "a/b/c", "/no/such", "~/no-such", "a b/c", "-x/y", "a/\0b", ".hidden/x"])
def test_a_name_that_means_nothing_is_refused(name: str):
    with pytest.raises(CheckpointError, match="no folder|is no checkpoint") as error:
        load_dpt(name)
    assert "\n" not in str(error.value) and "Intel/dpt-large" in str(error.value)


def test_a_file_is_not_a_checkpoint(folder: Path):
    with pytest.raises(CheckpointError, match="is a file. Give the folder"):
        load_dpt(folder / WEIGHTS)


def test_a_path_object_is_never_a_hub_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CheckpointError, match="no folder"):
        load_dpt(Path("Intel/dpt-large"))


def test_listed_models_are_pinned_to_a_commit():
    assert checkpoints.LISTED["Intel/dpt-large"].revision == COMMIT
    assert all(re.fullmatch("[0-9a-f]{40}", listed.revision) for listed in checkpoints.LISTED.values())
    assert [name for name, listed in checkpoints.LISTED.items() if listed.pickle] == ["Intel/dpt-hybrid-midas"]


# The Hub


@pytest.fixture(scope="module")
def model_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = small_dpt.save(tmp_path_factory.mktemp("hub") / "lean", unused=False)
    return {**small_dpt.files_of(folder), "README.md": b"# a model", "tf_model.h5": b"not wanted"}


@pytest.fixture
def hub(model_files: dict[str, bytes]):
    with hub_server.running({"Intel/dpt-large": Model(dict(model_files))}) as running:
        yield running


def files_asked(hub: Hub, method: str = "GET") -> list[str]:
    """The files that were asked for since the last call."""
    paths = [asked.path for asked in hub.asked if asked.method == method and "/resolve/" in asked.path]
    hub.asked.clear()
    return [path.rpartition("/")[2] for path in paths]


def blob_of(home: Path, file: str = WEIGHTS) -> Path:
    return (home / "hub" / "models--Intel--dpt-large" / "snapshots" / COMMIT / file).resolve()


def test_a_listed_model_is_fetched_once_then_never_asked_for_again(hub: Hub, tmp_path: Path):
    first = ask(CHECK, tmp_path, **hub.environment)
    assert first["value"]["revision"] == COMMIT and first["value"]["licence"] == "Apache-2.0"
    assert first["value"]["sha256"] == blob_of(tmp_path).name == integrity.sha256_of(blob_of(tmp_path))
    assert all(f"/resolve/{COMMIT}/" in asked.path for asked in hub.asked if "/resolve/" in asked.path)
    assert files_asked(hub) == ["config.json", "preprocessor_config.json", WEIGHTS]
    assert ask(CHECK, tmp_path, **hub.environment)["value"] == first["value"]
    offline = ask(CHECK, tmp_path, HF_HUB_OFFLINE="1", **hub.environment)
    assert offline["value"] == first["value"]
    assert hub.asked == []


def test_what_was_fetched_is_what_transformers_finds_offline(hub: Hub, tmp_path: Path):
    fetched = ask("checkpoints.main(['fetch', 'Intel/dpt-large'])", tmp_path, **hub.environment)
    assert fetched["value"] == 0
    hub.asked.clear()
    both = ask(
        "[ours.card.source, bool(all((a == b).all() for a, b in zip(ours.model.parameters(), theirs.parameters())))]",
        tmp_path,
        before=f"""
from transformers import DPTForDepthEstimation, DPTImageProcessorPil
ours = checkpoints.load_dpt("Intel/dpt-large", device="cpu")
DPTImageProcessorPil.from_pretrained("Intel/dpt-large", revision="{COMMIT}")
theirs = DPTForDepthEstimation.from_pretrained("Intel/dpt-large", revision="{COMMIT}", dtype="float32")
for model in (ours.model, theirs):
    for name in ("convolution1", "convolution2"):
        getattr(model.neck.fusion_stage.layers[0].residual_layer1, name).requires_grad_(False).weight.zero_()
""",
        HF_HUB_OFFLINE="1",
        **hub.environment,
    )
    assert both["value"] == ["Intel/dpt-large", True]
    assert hub.asked == []


def test_offline_with_an_empty_cache_is_said_at_once(hub: Hub, tmp_path: Path):
    answer = ask(CHECK, tmp_path, HF_HUB_OFFLINE="1", **hub.environment)
    assert "not in the cache on this machine" in answer["error"] and "make fetch" in answer["error"]
    assert hub.asked == []


def test_a_byte_that_flips_in_the_cache_is_found_and_the_file_fetched_again(hub: Hub, tmp_path: Path):
    ask(CHECK, tmp_path, **hub.environment)
    for file in (WEIGHTS, "config.json"):
        good = blob_of(tmp_path, file).read_bytes()
        flip(blob_of(tmp_path, file), good.rindex(b"5"))
        offline = ask(CHECK, tmp_path, HF_HUB_OFFLINE="1", **hub.environment)
        assert "is damaged" in offline["error"] and file in offline["error"]
        files_asked(hub)
        assert "value" in ask(CHECK, tmp_path, **hub.environment)
        assert files_asked(hub) == [file]
        assert blob_of(tmp_path, file).read_bytes() == good


def test_an_unlisted_model_keeps_the_revision_it_was_resolved_to(hub: Hub, tmp_path: Path, model_files):
    hub.models["someone/dpt"] = Model(dict(model_files), commit="1" * 40)
    call = CHECK.replace("Intel/dpt-large", "someone/dpt")
    first = ask(call, tmp_path, **hub.environment)
    assert first["value"]["revision"] == "1" * 40 and "not stated" in first["value"]["licence"]
    files_asked(hub)
    hub.models["someone/dpt"] = Model({**model_files, "config.json": model_files["config.json"] + b"\n"}, "2" * 40)
    assert ask(call, tmp_path, **hub.environment)["value"]["revision"] == "1" * 40
    assert hub.asked == []
    ask("checkpoints.main(['fetch', 'someone/dpt'])", tmp_path, **hub.environment)
    assert files_asked(hub) == ["config.json"]  # the others are the same files
    assert ask(call, tmp_path, HF_HUB_OFFLINE="1", **hub.environment)["value"]["revision"] == "2" * 40


REFUSALS = {
    "429": (hub_server.refuses(429, Retry_After="77"), r"too many requests.*\(429\).*in 77 seconds"),
    "503": (hub_server.refuses(503), "status 503"),
    "401": (hub_server.refuses(401), "There is no model .* private or gated"),
    "403 of a filter": (hub_server.refuses(403), r"a filter of this network forbids it \(403\)"),
    "404": (hub_server.refuses(404), "There is no model .* private or gated"),
    "a log-in page": (hub_server.portal, "is no Hub: perhaps the log-in page"),
    "redirects for ever": (hub_server.redirects_for_ever, "redirects"),
    "429 for the weights": (hub_server.refuses_weights(429, Retry_After="3600"), "too many requests"),
    "weights damaged twice": (hub_server.flips_a_byte(2), "arrived damaged twice"),
}


@pytest.mark.parametrize(("fault", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_hub_that_goes_wrong_is_answered_in_one_line(hub: Hub, tmp_path: Path, fault, message: str):
    hub.fault = fault
    answer = ask(CHECK, tmp_path, **hub.environment)
    assert re.search(message, answer["error"]) and "\n" not in answer["error"]
    assert answer["stderr"] == ""
    assert not any(WEIGHTS in str(path) for path in tmp_path.rglob("snapshots/*/*"))
    hub.fault = None
    assert "value" in ask(CHECK, tmp_path, **hub.environment)


def test_a_hub_that_refuses_connections(tmp_path: Path):
    answer = ask(CHECK, tmp_path, HF_ENDPOINT="http://127.0.0.1:9")
    assert "cannot be reached" in answer["error"] and "make fetch" in answer["error"]


def test_a_damaged_transfer_is_fetched_again_once(hub: Hub, tmp_path: Path):
    hub.fault = hub_server.flips_a_byte(1)
    assert "value" in ask(CHECK, tmp_path, **hub.environment)
    assert files_asked(hub).count(WEIGHTS) == 2
    assert integrity.sha256_of(blob_of(tmp_path)) == blob_of(tmp_path).name


@pytest.mark.parametrize(
    ("arguments", "setting", "message"),
    [
        (["fetch"], "", "Say which checkpoint to fetch"),
        (["fetch", "no-such-folder"], "", "There is no folder"),
        (["fetch"], "no-such-folder", "There is no folder"),
        ([], "", "Usage"),
        (["fetch", "a", "b"], "", "Usage"),
        (["remove", "a"], "", "Usage"),
    ],
)
def test_the_command_ends_with_one_line_and_exit_code_2(
    arguments: list[str],
    setting: str,
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setenv("DPT_CHECKPOINT", setting)
    assert checkpoints.main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == "" and message in err and err.count("\n") == 1


def test_the_command_on_a_folder_says_that_it_is_ready(folder: Path, capsys: pytest.CaptureFixture[str]):
    assert checkpoints.main(["fetch", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert str(folder) in out and integrity.sha256_of(folder / WEIGHTS) in out and err == ""


@pytest.fixture
def cached(tmp_path):
    """A model of the Hub whose cache is a folder of the test's own."""
    from helpers import hub

    model = hub._Model("me/plain", "main", False)
    model.store = tmp_path
    model._place("c", "x").parent.mkdir(parents=True)
    return model


def test_what_cannot_be_read_is_left_in_the_cache(cached, monkeypatch):
    place = cached._place("c", "config.json")
    place.write_text("{}")
    monkeypatch.setattr(cached, "_known_commit", lambda newest: "c")

    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(cached, "_sha256", refuse)
    with pytest.raises(CheckpointError, match=r"config\.json in the cache cannot be read \(Permission denied\)"):
        cached.fetch(newest=False)
    assert place.read_text() == "{}"


def test_of_both_kinds_of_weights_the_single_file_is_taken(cached):
    for file in ("config.json", "preprocessor_config.json", WEIGHTS, f"{WEIGHTS}.index.json"):
        cached._place("c", file).write_text("{}")
    assert cached._expected_files("c") == (["config.json", "preprocessor_config.json", WEIGHTS], False)
    cached._place("c", WEIGHTS).unlink()
    assert cached._expected_files("c")[0][-1] == f"{WEIGHTS}.index.json"


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_that_a_killed_process_left_is_no_obstacle(tmp_path):
    from helpers import hub

    blob, place = tmp_path / "blob", tmp_path / "config.json"
    blob.write_text("{}")
    (tmp_path / f".config.json.{os.getpid()}").symlink_to("nowhere")
    hub._link(blob, place)
    assert place.is_symlink() and place.read_text() == "{}" and blob.is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["blob", "config.json"]
