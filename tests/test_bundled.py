"""The bundled pictures: each with its depth, its camera and its description."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from helpers import bundled
from helpers.images import bundled_names, load_image

NAMES = ("landscape", "room", "street", "tabletop")


def test_names():
    assert bundled.names() == NAMES == tuple(bundled_names())


@pytest.mark.parametrize("ask", [bundled.picture_path, bundled.load_truth, bundled.load_scene])
@pytest.mark.parametrize("name", ["kitchen", "", "Room", "room.png", "../data/room"])
def test_a_name_that_is_not_bundled_is_refused_with_those_that_are(ask, name):
    with pytest.raises(ValueError, match=", ".join(NAMES)) as caught:
        ask(name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_the_truth_belongs_to_the_picture(name):
    picture, truth = load_image(name), bundled.load_truth(name)
    assert bundled.picture_path(name).name == f"{name}.png" and bundled.picture_path(name).is_file()
    assert truth.depth.shape == (picture.height, picture.width) and truth.depth.dtype == np.float32
    assert not np.isnan(truth.depth).any() and truth.depth.min() > 0
    assert np.isfinite(truth.depth).mean() > 0.25  # more than sky


@pytest.mark.parametrize("name", NAMES)
def test_the_scene_is_the_one_in_the_picture(name):
    picture, truth, scene = np.asarray(load_image(name), int), bundled.load_truth(name), bundled.load_scene(name)
    # another processor may round differently, and so move single pixels at borders
    assert (np.abs(scene.image.astype(int) - picture).max(axis=-1) <= 2).mean() > 0.999
    same = np.isclose(scene.depth, truth.depth, rtol=1e-3)
    assert same.mean() > 0.999 and scene.camera == truth.camera


@pytest.mark.parametrize("name", NAMES)
def test_the_camera_belongs_to_the_picture(name):
    picture, camera = load_image(name), bundled.load_truth(name).camera
    assert (camera.cx, camera.cy) == (picture.width / 2, picture.height / 2)
    assert camera.fx == pytest.approx(camera.fy)  # square pixels
    across = np.degrees(2 * np.arctan(picture.width / 2 / camera.fx))
    assert 30 < across < 100  # a camera that people use


@pytest.mark.parametrize("name", NAMES)
def test_depth_edges_lie_where_the_picture_has_edges(name):
    grey = np.asarray(load_image(name).convert("L"), dtype=float)
    inverse = 1 / bundled.load_truth(name).depth.astype(float)
    jump = np.abs(np.diff(inverse, axis=1)) > 0.15 * inverse[:, 1:]
    change = np.abs(np.diff(grey, axis=1))
    assert jump.any() and change[jump].mean() > 2 * change[~jump].mean()
    assert change[jump].mean() > 1.5 * change[jump[:, ::-1]].mean()  # not those of the mirrored picture


@pytest.mark.parametrize("name", NAMES)
def test_every_description_is_a_sentence(name):
    said = bundled.describe(name)
    assert len(said) >= 40 and said[0].isupper() and said.endswith(".") and "\n" not in said


def test_descriptions_are_those_of_the_bundled_pictures():
    descriptions = json.loads((bundled.DATA / "descriptions.json").read_text(encoding="utf-8"))
    assert sorted(descriptions) == list(NAMES) and len(set(descriptions.values())) == len(NAMES)


@pytest.mark.parametrize(
    "source", ["holiday.jpg", "photos/holiday.jpg", Path("photos") / "holiday.jpg", "https://example.org/a/holiday.jpg"]
)
def test_a_picture_of_the_readers_is_described_by_its_name(source):
    assert bundled.describe(source) == "The picture holiday.jpg."
