"""Segmentation: loading, predicting, training and measuring, on models and scenes of 32 pixels and on what ships."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from conftest import let_time_fly
from PIL import Image
from safetensors.torch import load_file

from helpers import architecture, augment, checkpoints, scenes, segmentation, steps, training_run
from helpers import segmentation_training as st
from helpers.checkpoints import CheckpointError, load_dpt
from helpers.publishing import write_manifest
from helpers.scenes import CLASSES
from helpers.segmentation import GRASPABLE, Segmenter, load_segmenter, predict_classes

pytestmark = pytest.mark.usefixtures("one_thread")
TABLE, CUP, WALL, BOOK = (CLASSES.index(name) for name in ("table", "cup", "wall", "book"))


def tiny_settings():
    return st.Settings(
        hidden=64,
        layers=4,
        fusion=16,
        stem=(),
        size=32,
        sizes=(32,),
        size_weights=(1.0,),
        pixels_per_batch=4 * 32**2,
        warmup=2,
    )


def tiny_hybrid():
    return dataclasses.replace(
        tiny_settings(), stem=(16, 32, 64), size=64, sizes=(32, 64), size_weights=(1.0, 1.0), pixels_per_batch=4 * 64**2
    )


def fake_render(seed, width, height, kind=None, *, aspect=None, plain=False):
    """A wall above a table, and a cup on it; the red value tells the class."""
    rng = np.random.default_rng(seed)
    class_id = np.full((height, width), WALL, np.uint8)
    class_id[height // 2 :] = TABLE
    left = int(rng.integers(0, width - width // 4))
    class_id[height // 2 : 3 * height // 4, left : left + width // 4] = CUP
    image = np.stack([class_id * 6, np.zeros_like(class_id), np.zeros_like(class_id)], axis=2)
    depth = np.ones((height, width), np.float32)
    return SimpleNamespace(image=image, class_id=class_id, depth=depth, kind=kind, seed=seed)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A segmenter of random weights in a folder, without a manifest."""
    folder = tmp_path_factory.mktemp("segmenter") / "small"
    st.new_segmentation_model(tiny_settings()).save_pretrained(folder)
    architecture.square_processor(32).save_pretrained(folder)
    return folder


def picture(width=50, height=40, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


# Loading


def test_a_folder_is_loaded_with_the_names_of_its_classes(small, monkeypatch):
    monkeypatch.setenv("DPT_CHECKPOINT", "/nowhere")  # it names a checkpoint for depth
    segmenter = load_segmenter(small, device="cpu")
    assert segmenter.classes == CLASSES and not segmenter.model.training
    assert segmenter.card.name == "small" and "not stated" in segmenter.card.meaning
    assert type(segmenter.model).__name__ == "DPTForSemanticSegmentation"


def test_what_is_for_the_other_task_is_refused(small):
    with pytest.raises(CheckpointError, match="not one for semantic segmentation.*Intel/dpt-large-ade"):
        load_segmenter(checkpoints.BUNDLED)
    with pytest.raises(CheckpointError, match="not one for depth"):
        load_dpt(small)


def test_names_that_lead_nowhere_are_refused(tmp_path):
    with pytest.raises(CheckpointError, match="no folder.*Intel/dpt-large-ade"):
        load_segmenter(str(tmp_path / "none"))
    with pytest.raises(ValueError, match="toaster"):
        load_segmenter(device="toaster")


def test_a_damaged_bundled_checkpoint_is_named(small, tmp_path, monkeypatch):
    folder = tmp_path / "segmentation"
    monkeypatch.setattr(checkpoints, "BUNDLED_SEGMENTER", folder)
    with pytest.raises(CheckpointError, match="is missing. Restore the course's files"):
        load_segmenter()
    shutil.copytree(small, folder)
    with pytest.raises(CheckpointError, match="damaged.*manifest.json is missing"):
        load_segmenter()
    write_manifest(folder, {"name": "small", "revision": "step-0", "licence": "MIT", "meaning": "classes"})
    assert load_segmenter().card.licence == "MIT"
    (folder / "config.json").write_text((folder / "config.json").read_text() + " ")
    with pytest.raises(CheckpointError, match="damaged.*differs from its sha256"):
        load_segmenter()


def test_the_listed_segmenter_is_pinned_to_a_commit_and_fetched_as_one(monkeypatch):
    assert list(checkpoints.LISTED_SEGMENTERS) == ["Intel/dpt-large-ade"]
    listed = checkpoints.LISTED_SEGMENTERS["Intel/dpt-large-ade"]
    assert re.fullmatch("[0-9a-f]{40}", listed.revision) and listed.pickle
    asked = []

    def find(checkpoint, task, **options):
        asked.append((checkpoint, task.purpose))
        raise CheckpointError("enough.")

    monkeypatch.setattr(checkpoints, "_find", find)
    for name in ("Intel/dpt-large-ade", "Intel/dpt-large-ade@main", "Intel/dpt-large"):
        assert checkpoints.main(["fetch", name]) == 2
    assert [purpose for _, purpose in asked] == ["semantic segmentation", "semantic segmentation", "depth"]


# Predicting


def test_prediction_is_that_of_transformers_post_processing(small):
    segmenter, image = load_segmenter(small), picture(53, 41)
    said = predict_classes(segmenter, image)
    assert said.shape == (41, 53) and said.dtype == np.uint8
    inputs = segmenter.processor(images=image, return_tensors="pt")
    with torch.inference_mode():
        outputs = segmenter.model(**inputs)
    theirs = segmenter.processor.post_process_semantic_segmentation(outputs, target_sizes=[(41, 53)])[0]
    assert len(np.unique(said)) > 1
    np.testing.assert_array_equal(said, theirs.numpy())


def test_more_classes_than_a_byte_holds():
    logits = torch.zeros(300, 2, 2)
    logits[299, 0] = 1
    classes = segmentation._largest(logits, (4, 2))
    assert classes.dtype == np.int32 and (classes[0] == 299).all() and (classes[-1] == 0).all()


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((4, 4, 3), np.uint8), "is a ndarray"),
        (Image.new("L", (4, 4)), "mode L"),
        (Image.new("RGB", (0, 4)), "no pixels"),
    ],
)
def test_what_is_no_rgb_picture_is_refused(small, image, message):
    with pytest.raises(ValueError, match=message):
        predict_classes(load_segmenter(small), image)


def test_a_model_that_says_nan_is_refused(small):
    segmenter = load_segmenter(small)
    segmenter.model.head.head[4].bias.data[3] = torch.nan
    with pytest.raises(ValueError, match="not finite"):
        predict_classes(segmenter, picture())


def test_the_smallest_picture(small):
    assert predict_classes(load_segmenter(small), picture(1, 1)).shape == (1, 1)


# Training


def test_samples_of_classes_fit_their_pictures(fake_scenes):
    stream = augment.SceneStream(
        [32], torch.ones(1), pixels_per_batch=8 * 32**2, truth="class_id", spoil=False, kinds=["tabletop"]
    )
    batch = next(iter(stream))
    assert batch.target.dtype == torch.uint8 and batch.target.shape == (8, 32, 32)
    assert set(batch.target.unique().tolist()) <= {TABLE, CUP, WALL}
    same = (batch.pixels[:, 0].float() / 6 - batch.target.float()).abs() < 0.5
    assert float(same.float().mean()) > 0.9  # all but the blend of colours at borders
    with pytest.raises(ValueError, match="truth is 'colour'"):
        augment.SceneStream([32], torch.ones(1), pixels_per_batch=8 * 32**2, truth="colour")


@pytest.mark.parametrize("stem", [(), (16, 32, 64)])
def test_a_new_model_begins_with_encoder_and_neck_of_a_depth_checkpoint(tmp_path, stem):
    deep = architecture.new_model(architecture.small_config(32, hidden=64, layers=4, fusion=16, stem=stem), seed=3)
    deep.save_pretrained(tmp_path / "depth")
    architecture.square_processor(32).save_pretrained(tmp_path / "depth")
    model = st.new_segmentation_model(dataclasses.replace(tiny_settings(), stem=stem), tmp_path / "depth")
    assert model.config.is_hybrid == bool(stem) and model.config.num_labels == len(CLASSES)
    theirs = deep.state_dict()
    mine = {name: value for name, value in model.state_dict().items() if not name.startswith("head.")}
    assert len(mine) > 100 and all(torch.equal(value, theirs[name]) for name, value in mine.items())
    with pytest.raises(FileNotFoundError, match="model.safetensors is missing"):
        st.new_segmentation_model(tiny_settings(), tmp_path)


def test_with_a_stem_too_it_learns_from_pictures_of_several_sizes(fake_scenes):
    settings = tiny_hybrid()
    model = st.prepare(st.new_segmentation_model(settings)).train()
    optimiser, weights = st._optimiser(model, 2e-3), torch.ones(len(CLASSES))
    for size in settings.sizes:
        stream = augment.SceneStream([size], torch.ones(1), pixels_per_batch=4 * size**2, truth="class_id")
        assert np.isfinite(st._step(model, optimiser, next(iter(stream)), weights, 2e-3))
    model.eval()
    with torch.inference_mode(), pytest.raises(ValueError, match="size"):  # as transformers has it, outside of training
        model(pixel_values=torch.zeros(1, 3, 32, 32))


def test_half_size_logits_of_training_enlarge_to_the_models_own():
    model, pixels = st.new_segmentation_model(tiny_settings()).eval(), torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        whole = model(pixel_values=pixels).logits
        half = st.prepare(model)(pixel_values=pixels).logits
    assert half.shape == (2, len(CLASSES), 16, 16)
    large = torch.nn.functional.interpolate(half, scale_factor=2, mode="bilinear", align_corners=True)
    torch.testing.assert_close(large, whole, rtol=1e-4, atol=1e-5)


def test_loss_looks_at_the_classes_where_the_logits_lie():
    classes = torch.zeros(1, 8, 8, dtype=torch.uint8)
    classes[:, :, 7] = 1  # only the last column: with corners aligned it belongs to the last logits
    logits = torch.full((1, 2, 4, 4), -20.0)
    logits[:, 0, :, :3], logits[:, 1, :, 3] = 20.0, 20.0
    weights = torch.ones(2)
    assert float(st.class_loss(logits, classes, weights)) < 1e-6
    assert float(st.class_loss(-logits, classes, weights)) > 30


def test_rare_classes_weigh_more_within_limits():
    weights = st.class_weights(np.array([10_000, 400, 100, 0, 1]))
    assert weights.dtype == np.float32 and weights[3] == 1.0
    assert weights[0] == 0.5 and weights[4] == 4.0 and weights[0] < weights[1] < weights[2]
    assert (st.class_weights(np.full(5, 7)) == 1).all()
    for bad in (["many"], [[1, 2], [3]], 3, [-1, 2], [math.nan]):
        with pytest.raises(ValueError, match="counts has"):
            st.class_weights(bad)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, one_thread):
    """The folder of a run of a few steps, which is copied and never changed."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scenes, "render", fake_render)
        let_time_fly(patch)
        st.train(folder, 0.05, tiny_settings(), workers=0, start=None, check_scenes=0)
    return folder


@pytest.fixture
def run(trained, tmp_path, fake_scenes, quick_clock):
    """The folder of a run of a few steps."""
    return Path(shutil.copytree(trained, tmp_path / "run"))


def test_a_run_learns_is_resumed_and_published(tmp_path, fake_scenes, quick_clock, capsys):
    run, folder = tmp_path / "run", tmp_path / "weights" / "segmentation"
    options = {"workers": 0, "start": None, "check_scenes": 2, "save_minutes": 0.03}
    first = st.train(run, 0.05, tiny_settings(), decay=0.02, **options)
    assert first.step == 6 and first.images == 4 * first.step
    second = st.train(run, 0.03, **options)  # the settings are the run's own
    assert second.step > first.step and second.minutes > first.minutes
    assert len(set(fake_scenes)) >= len(fake_scenes) - 210  # new scenes; those that classes are counted in come again
    rows = (run / "checks.csv").read_text().splitlines()
    assert rows[0].startswith("step,images,scenes,minutes,accuracy,mean_iou,graspable_iou")
    assert rows[-1].startswith(f"{second.step},")

    folder.mkdir(parents=True)
    (folder / "README.md").write_text("card")
    assert st.main(["publish", "--run", str(run), "--to", str(folder)]) == 0
    assert "published: " in capsys.readouterr().out
    assert (folder / "README.md").read_text() == "card"
    assert [path.name for path in folder.parent.iterdir()] == ["segmentation"]
    assert {value.dtype for value in load_file(folder / "model.safetensors").values()} == {torch.float16, torch.int64}
    segmenter = load_segmenter(folder)
    assert segmenter.card.revision == f"step-{second.step}"
    case = fake_render(5, 60, 40)
    assert predict_classes(segmenter, Image.fromarray(case.image)).shape == (40, 60)


def test_a_run_goes_on_with_all_that_it_had(run):
    before = training_run.load_state(run / "checkpoint.pt", classes=True)
    st.train(run, 0.0, workers=0, check_scenes=0)  # no step: what is saved is what was loaded
    after = training_run.load_state(run / "checkpoint.pt", classes=True)
    assert before["progress"]["step"] == after["progress"]["step"] > 0
    for part in ("model", "average", "optimiser", "weights"):
        torch.testing.assert_close(after[part], before[part], rtol=0, atol=0)
    same = [torch.equal(before["model"][name], before["average"][name]) for name in before["model"]]
    new = st.new_segmentation_model(tiny_settings()).state_dict()
    assert not all(same) and not all(torch.equal(before["average"][name], new[name]) for name in new)


def test_a_new_run_begins_with_a_whole_segmenter_and_counts_on_from_it(tmp_path, run, fake_scenes):
    options = {"workers": 0, "check_scenes": 0}
    folder = st.publish(run, tmp_path / "segmenter")
    made = training_run.load_state(run / "checkpoint.pt", classes=True)
    model = st.new_segmentation_model(tiny_settings(), folder).state_dict()
    for name, value in load_file(folder / "model.safetensors").items():
        torch.testing.assert_close(model[name], value.to(model[name].dtype), rtol=0, atol=0)
    progress = st.train(tmp_path / "second", 0.0, tiny_settings(), start=folder, **options)
    assert progress.step == made["progress"]["step"] > 0 and progress.scenes == made["progress"]["scenes"] > 0
    fake_scenes.clear()
    st.train(tmp_path / "fourth", 0.02, tiny_settings(), start=folder, **options)
    new = fake_scenes[200:]  # behind those that classes are counted in
    assert new and min(new) >= augment.FIRST_SEED + progress.scenes
    with pytest.raises(FileNotFoundError, match="model.safetensors is missing"):
        st.train(tmp_path / "third", 0.0, tiny_settings(), start=tmp_path / "none", **options)


def test_a_segmenter_that_does_not_fit_is_refused_as_a_beginning(tmp_path):
    model = st.new_segmentation_model(tiny_settings())
    model.save_pretrained(tmp_path / "own")
    model.config.id2label = {0: "cat", 1: "dog"}
    model.save_pretrained(tmp_path / "other")
    for name in ("own", "other"):
        architecture.square_processor(32).save_pretrained(tmp_path / name)
    with pytest.raises(ValueError, match=r"segmenter of another shape than the settings ask for: neck\."):
        st.new_segmentation_model(dataclasses.replace(tiny_settings(), fusion=24), tmp_path / "own")
    with pytest.raises(CheckpointError, match="other classes than the rendered scenes"):
        st.new_segmentation_model(tiny_settings(), tmp_path / "other")


def test_the_command_line_begins_with_a_segmenter_of_any_shape_and_once_only(tmp_path, run, monkeypatch, capsys):
    folder, asked = st.publish(run, tmp_path / "segmenter"), []

    def train(run, minutes, settings, **options):
        asked.append((settings, options["start"]))
        return training_run.Progress()

    monkeypatch.setattr(st, "train", train)
    assert st.main(["--run", str(tmp_path / "second"), "--start", str(folder)]) == 0
    settings, start = asked[0]
    assert start == str(folder) and (settings.hidden, settings.fusion, settings.stem) == (64, 16, ())
    assert (settings.size, settings.sizes, settings.size_weights) == (32, (32,), (1.0,))
    assert st.main(["--run", str(run), "--start", str(folder)]) == 1
    assert "holds a run already" in capsys.readouterr().err and len(asked) == 1


def test_the_rate_rises_at_the_beginning_and_falls_at_the_end(tmp_path, fake_scenes, quick_clock, monkeypatch):
    rates, step = [], st._step
    monkeypatch.setattr(st, "_step", lambda *arguments: (rates.append(arguments[-1]), step(*arguments))[1])
    settings = dataclasses.replace(tiny_settings(), warmup=4, learning_rate=1e-3)
    st.train(tmp_path, 0.1, settings, decay=0.05, workers=0, start=None, check_scenes=0)
    assert rates[:4] == pytest.approx([0.25e-3, 0.5e-3, 0.75e-3, 1e-3]) and max(rates) == 1e-3 and len(rates) == 12
    assert rates[-1] < 0.5e-3 and sorted(rates[-6:], reverse=True) == rates[-6:] and len(set(rates[-6:])) == 6


def test_large_variances_are_scaled_to_what_float16_holds():
    model, pixels = st.new_segmentation_model(tiny_settings()).eval(), torch.randn(1, 3, 32, 32)
    model.head.head[0].weight.data *= 1e5
    model.head.head[1].running_var.mul_(3e6)
    model.head.head[1].running_mean.add_(700.0)
    with torch.inference_mode():
        before = model(pixel_values=pixels).logits
        st._fit_float16(model)
        after = model(pixel_values=pixels).logits
    assert float(model.head.head[1].running_var.max()) <= 1000.1
    torch.testing.assert_close(after, before, rtol=1e-3, atol=1e-3)


def test_the_average_takes_over_the_statistics_of_the_normalisation():
    model = st.new_segmentation_model(tiny_settings())
    average = steps.Average(model, 0.9)
    model.head.head[1].running_mean += 1.0
    model.head.head[1].num_batches_tracked += 5
    for _ in range(60):
        average.update(model)
    mine = average.model.head.head[1]
    assert int(mine.num_batches_tracked) == 5
    torch.testing.assert_close(mine.running_mean, torch.ones_like(mine.running_mean), atol=1e-2, rtol=0)


def test_steps_lower_the_loss(fake_scenes):
    model = st.prepare(st.new_segmentation_model(tiny_settings())).train()
    optimiser, weights = st._optimiser(model, 2e-3), torch.ones(len(CLASSES))
    stream = augment.SceneStream([32], torch.ones(1), pixels_per_batch=8 * 32**2, truth="class_id", kinds=["room"])
    losses = [st._step(model, optimiser, batch, weights, 2e-3) for batch, _ in zip(stream, range(30), strict=False)]
    assert np.mean(losses[-5:]) < 0.75 * losses[0]


# Measuring


def test_figures_of_a_known_prediction():
    truth = np.full((10, 10), TABLE, np.uint8)
    truth[:2, :5], truth[:2, 5:] = CUP, BOOK
    said = truth.copy()
    said[0, :5], said[5] = BOOK, CUP  # 5 cup pixels called book: still graspable; 10 of the table called cup: not
    figures = st.measure(lambda image: said, [st.Case("tabletop", np.zeros((10, 10, 3), np.uint8), truth)])
    assert figures["all"] == figures["tabletop"]
    found = figures["all"]
    assert found["accuracy"] == pytest.approx(0.85)
    assert found["mean_iou"] == pytest.approx((70 / 80 + 5 / 20 + 10 / 15) / 3)
    assert found["graspable_iou"] == pytest.approx(20 / 30)
    assert found["graspable_precision"] == pytest.approx(20 / 30) and found["graspable_recall"] == 1.0
    case = st.Case("tabletop", np.zeros((10, 10, 3), np.uint8), truth)
    assert st.measure(lambda image: said.astype(float), [case]) == figures


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (np.zeros((5, 10), np.uint8), "shape"),
        (np.full((10, 10), len(scenes.CLASSES)), f"give 0 to {len(scenes.CLASSES) - 1}"),
        (np.full((10, 10), -1), "give 0 to"),
        (np.full((10, 10), 2.5), "give 0 to"),
        (np.full((10, 10), np.nan), "give 0 to"),
        (np.full((10, 10), "cup"), "the prediction has dtype"),
        (None, "the prediction has dtype"),
    ],
)
def test_predictions_that_are_no_classes_are_not_counted(said, message):
    case = st.Case("room", np.zeros((10, 10, 3), np.uint8), np.zeros((10, 10), np.uint8))
    with pytest.raises(ValueError, match=message):
        st.measure(lambda image: said, [case])


def test_without_anything_to_grasp_there_is_no_figure():
    truth = np.full((4, 4), WALL, np.uint8)
    found = st.measure(lambda image: truth, [st.Case("room", np.zeros((4, 4, 3), np.uint8), truth)])["all"]
    assert found["accuracy"] == found["mean_iou"] == 1.0
    assert np.isnan(found["graspable_iou"]) and np.isnan(found["graspable_recall"])


def test_the_baseline_says_the_most_frequent_class_of_each_row(fake_scenes):
    said = st.rows_baseline(count=6, rows=16)(np.zeros((32, 20, 3), np.uint8))
    assert said.shape == (32, 20) and (said[:16] == WALL).all() and (said[16:] == TABLE).all()
    assert min(fake_scenes) >= augment.FIRST_SEED


def test_only_held_out_scenes_are_measured(fake_scenes):
    cases = list(st.held_out_cases(8, first=4000, size=32))
    assert [case.kind for case in cases] == list(scenes.KINDS) * 2 and fake_scenes == list(range(4000, 4008))
    assert all(case.image.shape[:2] == case.class_id.shape for case in cases)
    with pytest.raises(ValueError, match="only 0 to 9999"):
        list(st.held_out_cases(2, first=9999))


def test_the_table_has_the_baseline_beside_each_figure(small, fake_scenes):
    lines = st.evaluate(small, count=8).splitlines()
    assert lines[0].startswith("| 8 scenes | pixels right") and lines[2].startswith("| all |")
    assert [line.split(" |")[0] for line in lines[3:7]] == [f"| {kind}" for kind in scenes.KINDS]
    assert all(line.count("/") == 5 for line in lines[2:7])
    assert any(line.startswith("| cup | ") for line in lines[8:])


def test_a_segmenter_of_other_classes_is_not_measured(small, tmp_path, capsys):
    folder = tmp_path / "other"
    shutil.copytree(small, folder)
    config = json.loads((folder / "config.json").read_text())
    config["id2label"]["0"] = "something"
    (folder / "config.json").write_text(json.dumps(config))
    assert st.main(["evaluate", "--checkpoint", str(folder)]) == 1
    assert "other classes" in capsys.readouterr().err


def test_command_line_says_what_is_missing(tmp_path, capsys):
    assert st.main(["publish", "--run", str(tmp_path), "--to", str(tmp_path / "weights")]) == 1
    assert "train first" in capsys.readouterr().err
    assert not (tmp_path / "weights").exists()
    for odds in ("1,2", "inf,1,1", "nan,1,1"):
        assert st.main(["--run", str(tmp_path), "--size-weights", odds]) == 1
        assert "odds for each of the sizes" in capsys.readouterr().err
    assert st.main(["--run", str(tmp_path), "--size-weights", "a,b,c"]) == 1
    assert "--size-weights is 'a,b,c'" in capsys.readouterr().err


# What ships


@pytest.fixture(scope="module")
def bundled() -> Segmenter:
    return load_segmenter(device="cpu")


def test_what_ships_is_small_and_knows_the_classes_of_the_scenes(bundled):
    assert bundled.classes == CLASSES and set(GRASPABLE) < set(CLASSES)
    assert bundled.card.licence == "MIT" and bundled.card.revision.startswith("step-")
    folder = checkpoints.BUNDLED_SEGMENTER
    assert sum(path.stat().st_size for path in folder.iterdir()) < 14_000_000
    assert {value.dtype for value in load_file(folder / "model.safetensors").values()} <= {torch.float16, torch.int64}
    assert bundled.model.dtype == torch.float32


def test_what_ships_beats_the_baseline_on_scenes_it_never_saw(bundled):
    cases = list(st.held_out_cases(8, first=7000, size=128))
    found = st.measure(st._predictor(bundled), cases)["all"]
    base = st.measure(st.rows_baseline(60, rows=32), cases)["all"]
    assert found["accuracy"] > 2 * base["accuracy"] and found["mean_iou"] > 5 * base["mean_iou"]
    assert found["graspable_iou"] > 0.4  # 0.59 where it was measured
