"""Rooms and tabletops: valid worlds, the camera in the open, the same world from the same seed."""

from __future__ import annotations

import numpy as np
import pytest
from composed_worlds import composed

from helpers.scenes import floor_plan, photographer, rooms, shell, small_things
from helpers.scenes.draws import uniform
from helpers.scenes.world import BOX, CLASSES, PATTERNS, Material, World

KINDS = ("room", "tabletop")


@pytest.fixture(scope="module", params=KINDS)
def many(request):
    return request.param, [composed(request.param, seed) for seed in range(30)]


def test_worlds_are_indoors_lit_and_of_reasonable_size(many):
    _, worlds = many
    counts = [len(world) for world, _ in worlds]
    assert min(counts) >= 30
    assert max(counts) <= 400
    assert 80 <= np.mean(counts) <= 220
    for world, _ in worlds:
        assert world.indoor
        assert world.lamps
        assert all(lamp.radius > 0 and min(lamp.power) > 0 for lamp in world.lamps)


def test_shapes_are_finite_and_not_degenerate(many):
    _, worlds = many
    for world, _ in worlds:
        matrices = np.array(world._matrices)
        assert np.isfinite(matrices).all()
        assert (np.abs(np.linalg.det(matrices)) > 1e-15).all()
        assert all(0 <= taper <= 1 for taper in world._tapers)


def test_materials_are_physical(many):
    _, worlds = many
    for world, _ in worlds:
        for material in world._materials:
            assert material.pattern in PATTERNS
            for color in (material.color, material.color2 or material.color):
                assert all(0 <= channel <= 1 for channel in color)
            assert material.scale > 0
            assert 0 <= material.gloss <= 1
            assert 0 <= material.bump <= 1
            assert 0 <= material.cutout <= 0.9


def test_all_classes_exist_and_many_occur(many):
    kind, worlds = many
    seen = {CLASSES[c] for world, _ in worlds for c in world._classes}
    assert {"floor", "wall", "ceiling", "door", "window", "table", "chair", "cupboard", "lamp", "book"} <= seen
    assert len(seen) >= 20
    for world, _ in worlds:
        assert min(world._objects) >= 2
        # one object has one class
        assert len(set(world._objects)) == len(set(zip(world._objects, world._classes, strict=True)))


def test_the_camera_stands_in_the_open_and_looks_sensibly(many):
    _, worlds = many
    for world, view in worlds:
        eye, target = np.array(view.eye), np.array(view.target)
        matrices = np.array(world._matrices)
        local = np.linalg.solve(matrices[:, :3, :3], (eye - matrices[:, :3, 3])[:, :, None])[:, :, 0]
        box = np.abs(local).max(1) < 1
        round_ = (np.hypot(local[:, 0], local[:, 1]) < 1) & (np.abs(local[:, 2]) < 1)
        kinds = np.array(world._kinds)
        assert not (np.where(kinds == BOX, box, round_)).any()
        assert photographer.Probe(world).clearance(view.eye) > 0.05
        assert 0.1 <= eye[2] <= 2.3
        forward = target - eye
        pitch = np.degrees(np.arctan2(forward[2], np.hypot(forward[0], forward[1])))
        assert -63 <= pitch <= 21
        assert 35 <= view.fov <= 85


def test_the_same_seed_gives_the_same_world(many):
    kind, worlds = many
    for seed in (0, 7):
        world, view = composed(kind, seed)
        first, first_view = worlds[seed]
        assert view == first_view
        assert np.array_equal(np.array(world._matrices), np.array(first._matrices))
        assert world._materials == first._materials
        assert world._classes == first._classes
        assert world.lamps == first.lamps


def test_different_seeds_give_different_worlds(many):
    _, worlds = many
    assert len({(len(world), view.eye) for world, view in worlds}) == len(worlds)


@pytest.mark.parametrize("name", sorted(small_things.SMALL))
def test_small_things_stand_on_their_origin_within_their_radius(name):
    function, radius = small_things.SMALL[name]
    for seed in range(8):
        world = World(np.random.default_rng(seed))
        function(world, world.rng)
        matrices = np.array(world._matrices)
        half = np.abs(matrices[:, :3, :3]).sum(2)  # of the box around each shape
        low, high = matrices[:, :3, 3] - half, matrices[:, :3, 3] + half
        assert -0.04 < low[:, 2].min() < 0.03
        assert 0.002 < high[:, 2].max() < 1.0
        # leaves, arms of lamps and a forearm reach over their neighbours
        assert np.hypot(*matrices[:, :2, 3].T).min() < radius
        assert len(world) <= 60


@pytest.mark.parametrize("theme", sorted(small_things.THEMES))
def test_scattered_things_keep_to_their_place(theme):
    world = World(np.random.default_rng(3))
    places = small_things.scatter(world, world.rng, 1.2, 0.8, 12, theme)
    assert len(places) >= 3
    for k, (x, y, radius) in enumerate(places):
        assert abs(x) <= 0.6 and abs(y) <= 0.4
        for a, b, other in places[:k]:
            assert np.hypot(x - a, y - b) > 0.8 * (radius + other)


@pytest.mark.parametrize("kind", sorted(rooms._FURNISH))
def test_every_kind_of_room_can_be_furnished(kind):
    furnish, *sizes = rooms._FURNISH[kind]
    for seed in range(3):
        rng = np.random.default_rng(seed)
        world = World(rng)
        plan = floor_plan.Plan(*(uniform(rng, *size) for size in sizes))
        shell.shell(world, rng, plan)
        bare = len(world)
        furnish(world, rng, plan)
        assert len(world) > bare
        for x0, y0, x1, y1 in plan.taken:
            assert x0 <= x1 and y0 <= y1


def test_a_wall_leaves_its_openings_open():
    world = World(np.random.default_rng(0))
    openings = [(-1.0, 0.0, 0.0, 2.0, "door"), (0.5, 1.5, 0.9, 2.0, "window")]
    shell.wall(world, 5.0, 2.5, 0.2, openings, Material((0.5, 0.5, 0.5)))
    probe = photographer.Probe(world)
    for (x, z), solid in {
        (-0.5, 1.0): False,
        (1.0, 1.5): False,
        (1.0, 0.5): True,
        (-2.0, 1.0): True,
        (-0.5, 2.2): True,
    }.items():
        distance, _ = probe.look((x, -1.0, z), np.array([[0.0, 1.0, 0.0]]))
        assert (distance[0] < 2) == solid


def test_the_probe_measures_distances():
    world = World(np.random.default_rng(0))
    with world.thing("box"):
        world.box((0, 3, 0), (2, 2, 2), Material((0.5, 0.5, 0.5)), yaw=np.pi / 2)
    probe = photographer.Probe(world)
    distance, objects = probe.look((0, 0, 0), np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.2]]))
    assert np.allclose(distance, [2.0, 2.0])
    assert objects == 1
    assert probe.clearance((0, 0, 0)) == pytest.approx(2.0)
    assert probe.clearance((0, 3, 0.5)) == 0.0
