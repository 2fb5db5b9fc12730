"""Rendered scenes: is the depth exact, is a scene reproducible, does the stereo twin fit?"""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from helpers import scenes
from helpers.scenes import photo, raycast
from helpers.scenes.world import CLASSES, PATTERNS, Ground, Material, Sky, View, World, frame_along

GREY = Material((0.5, 0.5, 0.5))
AHEAD = np.array([[1.0, 0, 0, 0], [0, 0, 1.0, 0], [0, -1.0, 0, 0], [0, 0, 0, 1.0]])
"""A camera at the origin that looks along +y, upright."""
SIZE = 48
FOCAL = 40.0


def empty(**options) -> World:
    return World(np.random.default_rng(0), **options)


def camera_at(x: float, y: float, z: float) -> np.ndarray:
    pose = AHEAD.copy()
    pose[:3, 3] = x, y, z
    return pose


def rays() -> tuple[np.ndarray, np.ndarray]:
    """x / z and y / z of every pixel's ray in the camera frame."""
    centre = (np.arange(SIZE) + 0.5 - SIZE / 2) / FOCAL
    return np.meshgrid(centre, centre)


def trace(world: World, pose: np.ndarray = AHEAD):
    return raycast.trace(world, pose, FOCAL, FOCAL, SIZE / 2, SIZE / 2, SIZE, SIZE)


def test_depth_of_a_ball_is_the_closed_form():
    world = empty()
    world.ellipsoid((0.3, 4.0, -0.2), 1.0, GREY)
    _, depth, object_id, _ = trace(world)
    u, v = rays()
    # |t (u, v, 1) - c|^2 = 1 with the centre c in the camera frame; t is the depth along the axis
    c = np.array([0.3, 0.2, 4.0])
    a, b = u**2 + v**2 + 1, u * c[0] + v * c[1] + c[2]
    root = b**2 - a * (c @ c - 1)
    hit = root > 1e-3
    assert hit.sum() > 200
    np.testing.assert_allclose(depth[hit], ((b - np.sqrt(np.maximum(root, 0))) / a)[hit], rtol=1e-5)
    assert np.isinf(depth[root < -1e-3]).all()
    assert (object_id[hit] == 2).all()


def test_depth_of_a_wall_that_faces_the_camera_is_constant():
    """Along the axis, not along the ray: a wall parallel to the picture has one depth."""
    world = empty()
    world.box((0, 3.5, 0), (20, 1, 20), GREY)
    _, depth, _, _ = trace(world)
    np.testing.assert_allclose(depth, 3.0, rtol=1e-6)


def test_depth_of_a_turned_box_is_the_closed_form():
    angle = 0.5
    world = empty()
    world.box((0, 5, 0), (2, 2, 2), GREY, yaw=angle)
    _, depth, _, _ = trace(world)
    u, v = rays()
    best = np.full(u.shape, np.inf)
    c, s = np.cos(angle), np.sin(angle)
    for direction in ((s, -c), (-c, -s), (c, s)):
        # the face's plane n . (p - centre) = 1, p = t (u, 1, -v) in the world
        n = np.array(direction)
        t = (1 + 5 * n[1]) / (n[0] * u + n[1])
        x, y = t * u, t - 5
        side = np.abs(-n[1] * x + n[0] * y)
        inside = (t > 0) & (side <= 1) & (np.abs(t * v) <= 1) & (n[0] * u + n[1] < 0)
        best = np.where(inside, np.minimum(best, t), best)
    both = np.isfinite(best) & np.isfinite(depth)
    assert both.sum() > 200 and (np.isfinite(best) == np.isfinite(depth)).mean() > 0.99
    np.testing.assert_allclose(depth[both], best[both], rtol=1e-5)


def test_depth_of_the_ground_is_the_closed_form():
    world = empty(ground=Ground(GREY))
    _, depth, object_id, class_id = trace(world, camera_at(0, 0, 1.5))
    _, v = rays()
    below = v > 0
    np.testing.assert_allclose(depth[below], 1.5 / v[below], rtol=1e-5)
    assert (object_id[below] == 1).all() and (class_id[below] == CLASSES.index("ground")).all()


def test_sky_is_infinitely_far_and_class_zero():
    world = empty(ground=Ground(GREY))
    image, depth, object_id, class_id = trace(world, camera_at(0, 0, 1.5))
    above = rays()[1] < 0
    assert np.isposinf(depth[above]).all()
    assert (object_id[above] == 0).all() and (class_id[above] == 0).all() and CLASSES[0] == "sky"
    assert np.isfinite(image).all()


@pytest.mark.parametrize("top_radius", [1.0, 0.4, 0.0])
def test_depth_of_a_cone_satisfies_its_equation(top_radius):
    world = empty()
    world.frustum((0, 5, -1), (0, 5, 1), 1.0, GREY, top_radius=top_radius)
    _, depth, _, _ = trace(world)
    u, v = rays()
    hit = np.isfinite(depth)
    assert hit.sum() > 80
    x, y, z = (depth * u)[hit], depth[hit] - 5, (-depth * v)[hit]
    radius = np.hypot(x, y)
    side = (1 + top_radius) / 2 + (top_radius - 1) / 2 * z
    # on the mantle or on a cap, and never behind the axis plane of a closed body
    on_side, on_cap = np.abs(radius - side) < 1e-4, (np.abs(np.abs(z) - 1) < 1e-4) & (radius < side + 1e-4)
    assert (on_side | on_cap).all()
    assert (y[on_side & ~on_cap] < 1e-3).all()


def test_a_cone_seen_along_its_axis_shows_its_base():
    world = empty()
    world.frustum((0, 4, 0), (0, 6, 0), 1.0, GREY, top_radius=0.2)
    _, depth, _, _ = trace(world)
    u, v = rays()
    base = np.hypot(u, v) * 4 < 0.98
    np.testing.assert_allclose(depth[base], 4.0, rtol=1e-6)


def test_a_tube_is_open_and_seen_from_inside():
    world = empty()
    world.tube((0, 3, 0), (0, 5, 0), 0.5, GREY)
    with world.thing("wall"):
        world.box((0, 9.5, 0), (30, 1, 30), GREY)
    _, depth, object_id, _ = trace(world)
    middle = SIZE // 2
    assert depth[middle, middle] == pytest.approx(9.0, rel=1e-6)  # through both ends
    u, v = rays()
    inner = (np.hypot(u, v) * 3 < 0.48) & (np.hypot(u, v) * 5 > 0.52)
    assert (object_id[inner] == 2).all()
    np.testing.assert_allclose(depth[inner], 0.5 / np.hypot(u, v)[inner], rtol=1e-5)


def test_shapes_far_from_the_origin_and_tilted_keep_their_place():
    world = empty()
    turn = frame_along((0.3, 0.5, 0.8))
    world.ellipsoid((200.0, 303.0, 50.0), (1.0, 0.5, 0.2), GREY, rotation=turn)
    _, depth, _, _ = trace(world, camera_at(200, 300, 50))
    u, v = rays()
    hit = np.isfinite(depth)
    assert hit.sum() > 50
    points = np.stack([depth * u, depth - 3.0, -depth * v], axis=-1)[hit]
    np.testing.assert_allclose((((points @ turn) / [1.0, 0.5, 0.2]) ** 2).sum(axis=-1), 1.0, atol=1e-4)


def test_many_shapes_give_the_depth_of_the_nearest():
    """The hierarchy of bounds must not lose a shape: compare with each shape drawn alone."""
    rng = np.random.default_rng(3)
    places = [(rng.uniform(-2, 2), rng.uniform(3, 9), rng.uniform(-2, 2)) for _ in range(40)]

    def add(world: World, k: int) -> None:
        if k % 2:
            world.box(places[k], (0.5, 0.7, 0.4), GREY, yaw=k)
        else:
            world.ellipsoid(places[k], (0.3, 0.2, 0.4), GREY)

    every = empty()
    nearest = np.full((SIZE, SIZE), np.inf, np.float32)
    for k in range(len(places)):
        add(every, k)
        alone = empty()
        add(alone, k)
        nearest = np.minimum(nearest, trace(alone)[1])
    _, depth, object_id, _ = trace(every)
    np.testing.assert_allclose(depth, nearest, rtol=1e-6)
    assert len(np.unique(object_id)) > 20


def test_holes_let_the_thing_behind_be_seen():
    world = empty()
    with world.thing("tree"):
        world.box((0, 3, 0), (20, 0.001, 20), Material((0.1, 0.3, 0.1), pattern="leaves", scale=0.3, cutout=0.5))
    with world.thing("wall"):
        world.box((0, 6.5, 0), (40, 1, 40), GREY)
    _, depth, object_id, class_id = trace(world)
    through = object_id == 3
    # the sheet has two faces next to each other, with nearly the same holes
    assert 0.3 < through.mean() < 0.7
    np.testing.assert_allclose(depth[through], 6.0, rtol=1e-6)
    np.testing.assert_allclose(depth[~through], 3.0, atol=2e-3)
    assert (class_id[through] == CLASSES.index("wall")).all()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_the_share_of_holes_is_what_was_asked_for(share):
    material = Material((0.1, 0.3, 0.1), pattern="leaves", scale=0.3, cutout=share)
    seen = []
    for k in range(6):
        world = empty()
        world._next_object = 2 + 17 * k  # another object, other holes
        world.box((0, 3, 0), (20, 1e-4, 20), material)
        seen.append(np.isinf(trace(world)[1]).mean())
    assert np.mean(seen) == pytest.approx(share, abs=0.07)


def test_leaves_cast_a_broken_shadow():
    def brightness(cutout: float) -> float:
        world = empty(ground=Ground(GREY), sky=Sky(sun_direction=(0, 0, 1)))
        material = Material((0.1, 0.3, 0.1), pattern="leaves", scale=0.4, cutout=cutout)
        world.box((0, 4, 6), (6, 6, 0.001), material)
        image, depth, _, _ = trace(world, camera_at(0, 0, 1.0))
        return float(image[(depth > 2.5) & (depth < 5)].mean())

    assert brightness(0.0) < brightness(0.5) < brightness(0.9)


def test_a_lamp_lights_what_it_sees_and_not_what_is_behind_a_screen():
    def floor(screen: bool) -> float:
        world = empty(indoor=True, sky=Sky(sun_color=(0, 0, 0), zenith=(0, 0, 0), horizon=(0, 0, 0), below=(0, 0, 0)))
        world.box((0, 4, -1.05), (10, 10, 0.1), GREY)
        if screen:
            world.box((0, 4, 0.5), (4, 4, 0.05), GREY)
        world.add_lamp((0, 4, 1.5), 0.05, (3, 3, 3))
        image, _, _, _ = trace(world)
        return float(image[-8:].mean())

    assert floor(True) < 0.7 * floor(False)


def test_light_does_not_alternate_along_thin_things():
    """Few neighbours show the same surface, so samples of the light must not be told apart by eye."""
    even = Material((0.5, 0.5, 0.5), scale=20.0)
    world = empty(ground=Ground(even), sky=Sky(sun_color=(0, 0, 0), clouds=0.0))
    world.frustum((-0.6, 3, 0), (-0.6, 3, 3), 0.06, even)  # two pixels wide
    world.box((0.6, 3, 1.5), (0.08, 0.08, 3.0), even, yaw=0.7)
    world.box((0.0, 4, 1.0), (0.5, 0.5, 2.0), even, yaw=0.6)
    image, _, object_id, _ = trace(world, camera_at(0, 0, 1.2))
    columns = 0
    for thing in (2, 3, 4):
        for x in range(SIZE):
            rows = np.nonzero(object_id[:, x] == thing)[0]
            if len(rows) < 12:
                continue
            grey = image[rows[2:-2], x].mean(axis=1)
            jump = np.abs(grey[2:] - 2 * grey[1:-1] + grey[:-2]) / grey[1:-1]
            assert np.median(jump) < 0.12
            columns += 1
    assert columns > 8


def test_hills_have_the_height_that_ground_height_gives():
    ground = Ground(GREY, relief=12.0, wavelength=30.0, flat_radius=5.0, seed=4)
    world = empty(ground=ground)
    _, depth, object_id, _ = trace(world, camera_at(0, 0, 6.0))
    u, v = rays()
    hill = (object_id == 1) & (depth < 60)
    assert hill.sum() > 300
    points = np.stack([depth * u, depth, 6.0 - depth * v], axis=-1)[hill]
    height = np.array([raycast.ground_height(ground, x, y) for x, y, _ in points])
    np.testing.assert_allclose(points[:, 2], height, atol=0.05)
    assert np.ptp(height) > 1.0
    assert raycast.ground_height(ground, 3.0, 3.0) == 0.0 == raycast.ground_height(None, 50, 50)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_has_texture_and_finite_colours(pattern):
    material = Material((0.6, 0.4, 0.3), (0.2, 0.2, 0.3), pattern, 0.2, 0.3, 0.5)
    world = empty(ground=Ground(material))
    world.box((-0.8, 3, 0.5), (0.8, 0.8, 0.8), material, yaw=0.3)
    world.ellipsoid((0.5, 3, 0.5), 0.4, material)
    world.frustum((1.4, 3, 0), (1.4, 3, 1), 0.3, material, top_radius=0.1)
    image, _, object_id, _ = trace(world, camera_at(0, 0, 0.8))
    assert np.isfinite(image).all() and image.min() >= 0
    for thing in (1, 2, 3, 4):
        assert image[object_id == thing].std() > 1e-3


def test_two_objects_of_one_material_look_different():
    material = Material((0.6, 0.4, 0.3), (0.2, 0.2, 0.3), "noise", 0.3)
    pictures = []
    for skipped in (0, 1):
        world = empty()
        world._next_object += skipped
        world.box((0, 3.5, 0), (20, 1, 20), material)
        pictures.append(trace(world)[0])
    assert np.abs(pictures[0] - pictures[1]).mean() > 0.01


@pytest.mark.parametrize("kind", scenes.KINDS)
def test_every_kind_renders(kind):
    scene = scenes.render(5, 64, 48, kind)
    assert scene.kind == kind and scene.seed == 5
    assert scene.image.shape == (48, 64, 3) and scene.image.dtype == np.uint8
    assert scene.depth.shape == (48, 64) and scene.depth.dtype == np.float32
    assert scene.object_id.dtype == np.int32 and scene.class_id.dtype == np.uint8
    assert not np.isnan(scene.depth).any() and (scene.depth > 0).all()
    sky = np.isinf(scene.depth)
    assert ((scene.object_id == 0) == sky).all() and ((scene.class_id == 0) == sky).all()
    assert scene.class_id.max() < len(CLASSES)
    assert scene.image.std() > 5 and len(np.unique(scene.object_id)) > 3
    assert (scene.camera.cx, scene.camera.cy) == (32, 24)
    np.testing.assert_allclose(scene.pose[:3, :3] @ scene.pose[:3, :3].T, np.eye(3), atol=1e-9)
    assert np.linalg.det(scene.pose) == pytest.approx(1)


@pytest.mark.parametrize("kind", scenes.KINDS)
def test_a_seed_gives_the_same_scene_and_another_seed_another(kind):
    first, again, other = (scenes.render(seed, 48, 32, kind) for seed in (7, 7, 8))
    for name in ("image", "depth", "object_id", "class_id", "pose"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert np.abs(first.image.astype(int) - other.image).mean() > 5
    assert not np.array_equal(first.depth, other.depth)


def test_the_seed_decides_the_kind():
    kinds = {scenes.render(seed, 16, 16).kind for seed in range(16)}
    assert kinds == set(scenes.KINDS)
    assert scenes.render(3, 16, 16).kind == scenes.render(3, 32, 16).kind


def warp_agreement(left: scenes.Scene, right: scenes.Scene, baseline: float) -> tuple[float, int]:
    """The share of the left picture's pixels that the right one shows at fx * baseline / depth, of those not hidden."""
    height, width = left.depth.shape
    rows, columns = np.nonzero(np.isfinite(left.depth))
    z = left.depth[rows, columns]
    target = np.floor(columns + 0.5 - left.camera.fx * baseline / z).astype(int)
    inside = (target >= 0) & (target < width)
    rows, columns, z, target = rows[inside], columns[inside], z[inside], target[inside]
    hidden = right.depth[rows, target] < 0.97 * z  # something nearer stands before it
    # at an outline, half a pixel decides which of two things is seen
    ids = left.object_id
    plain = np.ones(ids.shape, bool)
    plain[:, 1:] &= ids[:, 1:] == ids[:, :-1]
    plain[:, :-1] &= ids[:, 1:] == ids[:, :-1]
    keep = ~hidden & plain[rows, columns]
    same = ids[rows, columns] == right.object_id[rows, target]
    return float(same[keep].mean()), int(keep.sum())


@pytest.mark.parametrize("kind", scenes.KINDS)
def test_the_stereo_twin_is_the_scene_shifted_by_its_disparity(kind):
    left = scenes.render(11, 128, 96, kind)
    baseline = 0.05 * float(np.median(left.depth[np.isfinite(left.depth)]))
    baseline = min(baseline, 0.2)
    right = left.stereo_twin(baseline)
    share, count = warp_agreement(left, right, baseline)
    assert count > 1000
    assert share > 0.95
    np.testing.assert_allclose(right.pose[:3, 3] - left.pose[:3, 3], baseline * left.pose[:3, 0], atol=1e-9)
    assert right.camera == left.camera
    assert abs(left.image.mean() - right.image.mean()) < 6


def test_a_twin_of_no_baseline_differs_by_noise_only():
    left = scenes.render(2, 48, 48, "tabletop")
    twin = left.stereo_twin(0.0)
    np.testing.assert_array_equal(left.depth, twin.depth)
    difference = np.abs(left.image.astype(int) - twin.image)
    assert 0 < difference.mean() < 12
    bare = scenes.render(2, 48, 48, "tabletop", plain=True)
    np.testing.assert_array_equal(bare.image, bare.stereo_twin(0.0).image)


def test_a_twin_has_its_own_noise_also_when_it_is_changed_or_moved_again():
    twin = scenes.render(2, 48, 48, "tabletop").stereo_twin(0.0)
    np.testing.assert_array_equal(twin.changed(lambda world: None).image, twin.image)
    assert (twin.moved().image != twin.image).any()


def test_aspect_squashes_the_photograph():
    world = empty()
    world.box((0, 3.5, 0), (20, 1, 20), GREY)
    view = View((0, 0, 0), (0, 1, 0), 90.0)
    wide = scenes.render_world(world, view, 32, 32, aspect=2.0)
    assert wide.camera.fx == pytest.approx(16) and wide.camera.fy == pytest.approx(32)
    tall = scenes.render_world(world, view, 32, 32, aspect=0.5)
    assert tall.camera.fx == pytest.approx(32) and tall.camera.fy == pytest.approx(16)
    square = scenes.render_world(world, view, 64, 32)
    assert square.camera.fx == pytest.approx(square.camera.fy) == pytest.approx(32)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((0, 15, 64), {}, "width.*16 to 4096"),
        ((0, 64, 4097), {}, "height.*16 to 4096"),
        ((0, 64.0, 64), {}, "width.*whole number"),
        ((-1, 64, 64), {}, "seed.*at least 0"),
        ((1.5, 64, 64), {}, "seed.*whole number"),
        ((0, 64, 64, "kitchen"), {}, "kind.*room, tabletop, street, landscape"),
        ((0, 64, 64), {"aspect": 0.0}, "aspect"),
        ((0, 64, 64), {"aspect": float("nan")}, "aspect"),
    ],
)
def test_bad_arguments_are_named(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        scenes.render(*arguments, **options)


def test_a_bad_baseline_is_named():
    with pytest.raises(ValueError, match="baseline"):
        scenes.render(0, 16, 16, "tabletop").stereo_twin(float("inf"))


def test_a_view_without_direction_is_named():
    with pytest.raises(ValueError, match="coincide"):
        scenes.render_world(empty(), View((0, 0, 1), (0, 0, 1)), 16, 16)


def test_what_has_no_extent_is_not_drawn():
    world = empty()
    world.box((0, 3, 0), (9, 0, 9), GREY)
    world.ellipsoid((0, 4, 0), 0.5, GREY)
    _, depth, object_id, _ = trace(world)
    assert set(np.unique(object_id)) == {0, 3}
    assert depth.min() == pytest.approx(3.5, abs=0.01)


def test_a_shape_that_is_nowhere_is_named():
    world = empty()
    world.box((0, float("nan"), 0), (1, 1, 1), GREY)
    with pytest.raises(ValueError, match="not finite"):
        trace(world)


def test_a_scene_cannot_be_changed_by_accident():
    scene = scenes.render(0, 16, 16, "tabletop")
    with pytest.raises(dataclasses.FrozenInstanceError):
        scene.depth = None


def test_developing_is_reproducible_and_exposes_dark_and_bright_alike():
    linear = np.random.default_rng(0).uniform(0.1, 1.0, (32, 40, 3)).astype(np.float32)
    one, two = (photo.develop(linear, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, photo.develop(linear, np.random.default_rng(4)))
    dim = photo.develop(linear * 0.01, np.random.default_rng(3))
    assert abs(one.mean() - dim.mean()) < 3
    black = photo.develop(np.zeros((16, 16, 3), np.float32), np.random.default_rng(0))
    assert black.dtype == np.uint8 and black.mean() < 40
