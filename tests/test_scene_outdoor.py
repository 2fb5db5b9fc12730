"""Streets and landscapes: what the composers build, and what one sees of it."""

from __future__ import annotations

import numpy as np
import pytest
from composed_worlds import composed

from helpers.scenes import people_outdoors, render_world, roads, vehicles
from helpers.scenes.world import CLASSES, PATTERNS, View, World

KINDS = ("street", "landscape")


@pytest.mark.parametrize("kind", KINDS)
def test_every_seed_composes_a_sound_world(kind: str) -> None:
    sizes = []
    for seed in range(30):
        world, view = composed(kind, seed)
        sizes.append(len(world))
        assert 20 <= len(world) <= 800, seed
        assert world.ground is not None and world.ground.class_name in CLASSES
        assert np.isfinite([*view.eye, *view.target, view.roll]).all()
        assert 35 <= view.fov <= 95
        assert abs(view.roll) < 12
        matrices = np.array(world._matrices)
        assert np.isfinite(matrices).all()
        assert (np.abs(np.linalg.det(matrices[:, :3, :3])) > 0).all(), "a shape is flat"
        for material in world._materials:
            assert material.pattern in PATTERNS
            assert min(material.color) >= 0 and max(material.color) <= 1
            assert 0 <= material.cutout <= 0.9 and material.scale > 0
        assert min(world._objects) >= 2
    assert 60 <= np.mean(sizes) <= 320


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_composes_the_same_world(kind: str) -> None:
    for seed in range(5):
        first, view = composed(kind, seed)
        second, other = composed(kind, seed)
        assert view == other
        assert first.sky == second.sky and first.ground == second.ground
        np.testing.assert_array_equal(first._matrices, second._matrices)
        assert first._materials == second._materials


@pytest.mark.parametrize("kind", KINDS)
def test_different_seeds_compose_different_worlds(kind: str) -> None:
    assert len({(len(composed(kind, seed)[0]), composed(kind, seed)[1].eye) for seed in range(12)}) == 12


@pytest.mark.parametrize("kind", KINDS)
def test_most_pictures_show_sky_and_all_show_something(kind: str) -> None:
    sky, near = [], []
    for seed in range(16):
        world, view = composed(kind, seed)
        scene = render_world(world, view, 48, 48, aspect=1.33, seed=seed, kind=kind)
        sky.append(float(np.isinf(scene.depth).mean()))
        assert sky[-1] < 0.97, seed
        near.append(float(scene.depth.min()))
    assert np.mean(np.array(sky) > 0.01) >= 0.6
    assert np.median(near) < 6


def test_streets_name_what_they_show() -> None:
    seen = set()
    for seed in range(30):
        seen |= {CLASSES[c] for c in composed("street", seed)[0]._classes}
    assert {"road", "pavement", "building", "window", "door", "car", "person", "tree", "pole", "sign", "fence"} <= seen


def test_landscapes_name_what_they_show() -> None:
    seen = set()
    for seed in range(30):
        seen |= {CLASSES[c] for c in composed("landscape", seed)[0]._classes}
    assert {"tree", "plant", "person", "animal", "rock", "building", "fence", "bench"} <= seen


@pytest.mark.parametrize("kind", ["hatchback", "saloon", "estate", "suv", "mini", "van", "pickup"])
@pytest.mark.parametrize("detail", [0, 1, 2])
def test_a_car_is_as_large_as_a_car(kind: str, detail: int) -> None:
    rng = np.random.default_rng(3)
    world = World(rng)
    length = vehicles.car(world, rng, kind, detail)
    # the camera looks at the car's side from far away: what one sees of it is its silhouette
    scene = render_world(world, View((60.0, 0.0, 0.9), (0.0, 0.0, 0.9), 8.0), 128, 128, plain=True)
    rows, columns = np.nonzero(np.isfinite(scene.depth))
    metres = 2 * 60 * np.tan(np.radians(4)) / 128
    assert abs(np.ptp(columns) * metres - length) < 0.35
    assert 1.2 < np.ptp(rows) * metres < 2.9
    assert set(np.unique(scene.class_id)) == {CLASSES.index("sky"), CLASSES.index("car")}


@pytest.mark.parametrize("pose", ["stand", "walk", "sit"])
def test_a_person_stands_on_the_ground(pose: str) -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        world = World(rng)
        people_outdoors.person(world, rng, pose)
        scene = render_world(world, View((0.0, 30.0, 0.9), (0.0, 0.0, 0.9), 6.0), 96, 96, plain=True)
        rows, _ = np.nonzero(np.isfinite(scene.depth))
        metres = 2 * 30 * np.tan(np.radians(3)) / 96
        foot, top = 0.9 + (48 - rows.max()) * metres, 0.9 + (48 - rows.min()) * metres
        assert abs(foot) < 0.12
        assert 0.6 < top < 2.15


def test_a_car_that_bends_with_the_road_keeps_its_place() -> None:
    path = roads.Path(0.02, 10.0)
    assert path(5.0, 1.5) == (1.5, 5.0, 0.0)
    x, y, heading = path(30.0, 0.0)
    assert heading == pytest.approx(0.4)
    step = np.subtract(path(30.01, 0.0)[:2], (x, y)) / 0.01
    np.testing.assert_allclose(step, (-np.sin(heading), np.cos(heading)), atol=1e-3)
    right = np.subtract(path(30.0, 2.0)[:2], (x, y))
    assert np.linalg.norm(right) == pytest.approx(2.0)
    assert right @ step == pytest.approx(0.0, abs=1e-2)
