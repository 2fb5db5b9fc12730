"""Virtual things in pictures: placing, drawing, hiding, shadows, refocusing, other views, films; and bad input."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from helpers import augmented
from helpers.augmented import Layer
from helpers.camera import Pinhole
from helpers.planes import Plane
from helpers.scenes import render
from helpers.scenes.world import Material

SHAPE = (48, 64)
CAMERA = Pinhole(60.0, 60.0, 32.0, 24.0)
FLOOR = Plane((0.0, -1.0, 0.0), 1.5)  # 1.5 m below a level camera
RNG = np.random.default_rng(0)
PICTURE = RNG.uniform(0, 1, (*SHAPE, 3)).astype(np.float32)
FAR = np.full(SHAPE, 10.0, np.float32)
NAN = FAR.copy()
NAN[3, 4] = np.nan


@pytest.fixture(scope="module")
def room():
    return render(47, 160, 120, "room")


def test_linear_light_and_back():
    levels = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    linear = augmented.to_linear(levels)
    assert linear.dtype == np.float32 and linear[0, 0, 0] == 0 and linear[0, 255, 0] == 1
    assert linear[0, 188, 0] == pytest.approx(0.5, abs=0.005)  # IEC 61966-2-1
    np.testing.assert_array_equal(augmented.to_bytes(linear), levels)
    np.testing.assert_array_equal(augmented.to_linear(Image.fromarray(levels)), linear)
    assert (
        augmented.to_bytes(np.full((1, 1, 3), 7.0)).max() == 255
        and augmented.to_bytes(np.full((1, 1, 3), -1.0)).max() == 0
    )


@pytest.mark.parametrize("picture", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)])
def test_pictures_that_are_no_bytes_are_refused(picture):
    with pytest.raises(ValueError, match="uint8"):
        augmented.to_linear(picture)


def test_values_that_are_no_light_are_refused():
    with pytest.raises(ValueError, match="NaN"):
        augmented.to_bytes(np.full((2, 2, 3), np.nan))
    with pytest.raises(ValueError, match="linear light"):
        augmented.to_bytes(np.zeros((2, 2, 3), np.uint8))


def test_a_place_lies_on_the_plane_and_under_its_pixel():
    place = augmented.place_on_plane(CAMERA, FLOOR, (40, 10), SHAPE, FAR)
    assert FLOOR.distance(place) == pytest.approx(0)
    np.testing.assert_allclose(CAMERA.project(place), [10.5, 40.5])


@pytest.mark.parametrize(
    ("pixel", "word"),
    [
        ((48, 0), "outside the picture"),
        ((0, 64), "outside the picture"),
        ((-1, 5), "outside the picture"),
        ((10, 5), "horizon"),
        ((2, 3), "sky"),
        ((1, 2, 3), "row, column"),
        (("a", "b"), "row, column"),
        ((np.nan, 2), "row, column"),
    ],
)
def test_places_that_cannot_be(pixel, word):
    depth = FAR.copy()
    depth[2, 3] = np.inf
    with pytest.raises(ValueError, match=word):
        augmented.place_on_plane(CAMERA, FLOOR, pixel, SHAPE, depth)


def test_a_place_with_bad_depth():
    with pytest.raises(ValueError, match="NaN"):
        augmented.place_on_plane(CAMERA, FLOOR, (40, 10), SHAPE, NAN)
    with pytest.raises(ValueError, match="shape"):
        augmented.place_on_plane(CAMERA, FLOOR, (40, 10), SHAPE, FAR[1:])


def test_a_ball_has_the_size_and_depth_of_a_ball():
    layer = augmented.ball(CAMERA, SHAPE, (0, 0, 5), 1.0)
    # a cone of half angle asin(r / d) cuts the picture in a disc of radius f tan(angle)
    area = np.pi * (60 * np.tan(np.arcsin(1 / 5))) ** 2
    assert layer.alpha.sum() == pytest.approx(area, rel=0.01)
    assert layer.depth.min() == pytest.approx(4, abs=0.01)
    assert layer.depth[np.isfinite(layer.depth)].max() < 5
    np.testing.assert_array_equal(np.isfinite(layer.depth), layer.alpha > 0)
    assert layer.colour.shape == (*SHAPE, 3) and (layer.colour[layer.alpha == 0] == 0).all() and layer.colour.max() > 0


def test_a_ball_twice_as_large_and_far_makes_the_same_picture():
    one, two = (augmented.ball(CAMERA, SHAPE, scale * np.array([0.5, 0.3, 4]), scale * 0.7) for scale in (1, 2))
    np.testing.assert_allclose(one.colour, two.colour, atol=1e-5)
    seen = one.alpha > 0
    np.testing.assert_allclose(2 * one.depth[seen], two.depth[seen], rtol=1e-5)


def test_a_ball_is_bright_towards_the_lamp():
    layer = augmented.ball(
        CAMERA, SHAPE, (0, 0, 4), 1.0, colours=[(0.5, 0.5, 0.5)], direction=(-1, -0.3, 0), ambient=0.2
    )
    assert layer.colour[24, 22].sum() > 2 * layer.colour[24, 42].sum()


def test_a_ball_cut_by_the_border_is_drawn():
    layer = augmented.ball(CAMERA, SHAPE, (-2.0, 0, 4), 0.6)
    assert layer.alpha[:, 0].any() and not layer.alpha[:, 32:].any()


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"radius": 0}, "radius"),
        ({"radius": -1.0}, "radius"),
        ({"radius": np.nan}, "radius"),
        ({"centre": (0, 0, 0.2)}, "reaches the camera"),
        ({"centre": (0, 0, -5)}, "reaches the camera"),
        ({"centre": (50, 0, 5)}, "outside the picture"),
        ({"centre": (0, np.nan, 5)}, "three finite numbers"),
        ({"direction": (0, 0, 0)}, "direction"),
        ({"ambient": 1.5}, "ambient"),
        ({"stripes": 0}, "stripe"),
        ({"colours": ()}, "colours"),
        ({"colours": (1, 2)}, "red, green and blue"),
        ({"shape": (48,)}, "shape is"),
    ],
)
def test_balls_that_cannot_be(changed, word):
    arguments = {"shape": SHAPE, "centre": (0, 0, 5), "radius": 0.5} | changed
    with pytest.raises(ValueError, match=word):
        augmented.ball(CAMERA, **arguments)


def test_the_nearer_one_is_seen():
    layer = augmented.ball(CAMERA, SHAPE, (0, 0, 5), 1.0)
    depth = FAR.copy()
    depth[:, :32] = 2.0
    depth[:10] = np.inf
    result, visible = augmented.composite(PICTURE, depth, layer)
    assert not visible[10:, :32].any() and visible[24, 40] == 1
    np.testing.assert_array_equal(result[10:, :32], PICTURE[10:, :32])
    np.testing.assert_allclose(result[24, 40], layer.colour[24, 40], rtol=1e-6)
    sky, seen = augmented.composite(PICTURE, np.full(SHAPE, np.inf), layer)
    np.testing.assert_array_equal(seen, layer.alpha)
    assert sky.shape == PICTURE.shape


@pytest.mark.parametrize(
    ("picture", "depth", "word"),
    [
        (PICTURE, NAN, "NaN"),
        (PICTURE, 0 * FAR, "zero"),
        (PICTURE, -FAR, "negative"),
        (PICTURE, FAR[1:], "shape"),
        (PICTURE[1:], FAR[1:], "layer"),
        (augmented.to_bytes(PICTURE), FAR, "linear light"),
        (np.full_like(PICTURE, np.nan), FAR, "NaN"),
    ],
)
def test_composites_that_cannot_be(picture, depth, word):
    with pytest.raises(ValueError, match=word):
        augmented.composite(picture, depth, augmented.ball(CAMERA, SHAPE, (0, 0, 5), 1.0))


def test_the_balls_share_of_the_sky_is_the_exact_one():
    rows, columns = np.mgrid[:60, :60] / 10.0
    points = np.stack([columns - 3, np.full_like(rows, 1.5), rows + 3], axis=-1)
    centre, radius = np.array([0, 1.0, 5.0]), 0.5
    kept = augmented.floor_light(points, FLOOR, centre, radius, (0, -1, 0), ambient=1.0)
    away = np.linalg.norm(points - centre, axis=-1)
    np.testing.assert_allclose(kept, 1 - (radius / away) ** 3, atol=1e-6)  # a ball that lies on the floor
    assert kept.min() == pytest.approx(0, abs=1e-6)  # black where it touches


def test_the_lamps_shadow_lies_away_from_the_lamp():
    rows, columns = np.mgrid[:120, :120] / 20.0
    points = np.stack([columns - 3, np.full_like(rows, 1.5), rows + 3], axis=-1)
    kept = augmented.floor_light(points, FLOOR, (0, 1.0, 5.0), 0.5, (-1, -1, 0), ambient=0.0, softness=0.0)
    shadow = points[kept < 0.5]
    np.testing.assert_allclose(shadow.mean(axis=0), [0.5, 1.5, 5.0], atol=0.06)
    # an ellipse: as wide as the ball across, longer by 1 / sin(45 degrees) along
    assert np.ptp(shadow[:, 2]) == pytest.approx(1.0, abs=0.11)
    assert np.ptp(shadow[:, 0]) == pytest.approx(np.sqrt(2), abs=0.11)
    above = points - [0, 0.5, 0]
    assert (augmented.floor_light(above, FLOOR, (0, 1.0, 5.0), 0.5, (-1, -1, 0)) == 1).all()  # no floor there


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"points": FAR}, "H, W, 3"),
        ({"radius": 0.0}, "radius"),
        ({"direction": (0, 1, 0)}, "above the floor"),
        ({"direction": (1, 0, 0)}, "above the floor"),
        ({"softness": -1}, "softness"),
    ],
)
def test_shadows_that_cannot_be(changed, word):
    arguments = {
        "points": CAMERA.unproject(FAR), "plane": FLOOR, "centre": (0, 1, 5), "radius": 0.5, "direction": (0, -1, 0)
    }  # fmt: skip
    with pytest.raises(ValueError, match=word):
        augmented.floor_light(**(arguments | changed))


def test_points_without_a_depth_keep_their_light():
    points = CAMERA.unproject(np.where(np.arange(64) < 20, np.inf, FAR).astype(np.float32))
    kept = augmented.floor_light(points, FLOOR, (0, 1, 5), 0.5, (0, -1, 0))
    assert (kept[:, :20] == 1).all() and kept[:, 20:].min() < 1


@pytest.mark.parametrize("radius", [0, 0.4, 1, 3.3, 8])
def test_a_disc_is_round_and_loses_no_light(radius):
    kernel = augmented.disc(radius)
    assert kernel.sum() == pytest.approx(1, rel=1e-5)
    np.testing.assert_array_equal(kernel, kernel.T[::-1])
    if radius >= 3:
        assert (kernel > 0.5 * kernel.max()).sum() == pytest.approx(np.pi * radius**2, rel=0.1)


@pytest.mark.parametrize("radius", [-1, np.nan, np.inf])
def test_discs_that_cannot_be(radius):
    with pytest.raises(ValueError, match="disc"):
        augmented.disc(radius)


def test_a_pinhole_and_a_flat_scene_in_focus_stay_sharp():
    depth = RNG.uniform(1, 9, SHAPE)
    np.testing.assert_allclose(augmented.refocus(PICTURE, depth, 60, 3, 0.0), PICTURE, atol=1e-6)
    np.testing.assert_allclose(augmented.refocus(PICTURE, FAR, 60, 10, 0.5), PICTURE, atol=1e-6)


def test_what_is_out_of_focus_is_blurred_by_its_disc():
    point = np.zeros((61, 61, 3), np.float32)
    point[30, 30] = 1
    blurred = augmented.refocus(point, np.full((61, 61), 2.0), 100, 1.0, 0.2)  # a disc of 10 pixels
    assert blurred.sum() == pytest.approx(3, rel=1e-4)
    assert (blurred[..., 0] > 0.3 * blurred.max()).any(axis=0).sum() == 11
    sky = augmented.refocus(point, np.full((61, 61), np.inf), 100, 1.0, 0.1)
    assert (sky[..., 0] > 0.3 * sky.max()).any(axis=0).sum() == 11


def test_nothing_bleeds_from_what_is_in_focus():
    depth, bright = FAR.copy(), np.zeros_like(PICTURE)
    depth[10:40, 20:40], bright[10:40, 20:40] = 2.0, 1.0
    result = augmented.refocus(bright, depth, 60, 2.0, 0.3)
    np.testing.assert_allclose(result, bright, atol=1e-6)


def test_a_near_things_border_is_soft_on_both_sides():
    depth, bright = FAR.copy(), np.zeros_like(PICTURE)
    depth[:, :32], bright[:, :32] = 1.0, 1.0
    row = augmented.refocus(bright, depth, 60, 10.0, 0.2)[24, :, 0]
    assert row[0] == pytest.approx(1, abs=1e-5) and row[-1] == 0
    assert 0.2 < row[28] < 1 and 0 < row[35] < 0.8 and (np.diff(row) < 1e-6).all()


def test_refocusing_comes_close_to_a_lens(room):
    """The mean of views from all over the opening is what a lens sees; the layers must come closer than no blur."""
    import cv2

    aperture, focus, f = 0.15, 2.6, room.camera.fx
    lens, sharp = np.zeros((120, 160, 3)), augmented.to_linear(room.image)
    steps = (np.arange(16) + 0.5) / 16
    for distance, turn in zip(aperture / 2 * np.sqrt(steps), 2.4 * np.arange(16), strict=True):
        right, down = distance * np.cos(turn), distance * np.sin(turn)
        push = np.float32([[1, 0, f * right / focus], [0, 1, f * down / focus]])
        view = augmented.to_linear(room.moved(right, down).image)
        lens += cv2.warpAffine(view, push, (160, 120), borderMode=cv2.BORDER_REPLICATE) / 16
    layered = augmented.refocus(sharp, room.depth, f, focus, aperture)
    assert np.abs(layered - lens).mean() < 0.6 * np.abs(sharp - lens).mean()


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"aperture": -0.1}, "aperture"),
        ({"aperture": np.inf}, "aperture"),
        ({"aperture": 1000.0}, "smaller"),
        ({"focus": 0}, "focus"),
        ({"focus": np.inf}, "focus"),
        ({"focal_length": -60.0}, "focal_length"),
        ({"depth": NAN}, "NaN"),
        ({"depth": FAR.T}, "shape"),
        ({"layers": 0}, "layers"),
        ({"picture": PICTURE[..., 0]}, "linear light"),
    ],
)
def test_focus_that_cannot_be(changed, word):
    arguments = {"picture": PICTURE, "depth": FAR, "focal_length": 60.0, "focus": 2.0, "aperture": 0.1} | changed
    with pytest.raises(ValueError, match=word):
        augmented.refocus(**arguments)


@pytest.mark.parametrize("move", [{}, {"right": 0.1, "pivot": 10.0}, {"down": -0.1, "pivot": 10.0}])
def test_a_view_without_parallax_is_the_picture(move):
    view, holes = augmented.shifted_view(PICTURE, FAR, CAMERA, **move)
    np.testing.assert_allclose(view, PICTURE, atol=1e-6)
    assert not holes.any()


def test_a_flat_wall_moves_by_its_disparity():
    picture = (PICTURE * 255).astype(np.uint8)
    view, holes = augmented.shifted_view(picture, FAR, CAMERA, right=0.5)  # 60 * 0.5 / 10 = 3 pixels
    np.testing.assert_array_equal(view[:, :-3], picture[:, 3:])
    assert holes[:, -3:].all() and not holes[:, :-3].any() and view.dtype == np.uint8
    view, _ = augmented.shifted_view(picture, FAR, CAMERA, down=0.5)
    np.testing.assert_array_equal(view[:-3], picture[3:])


def test_holes_get_the_background():
    depth, picture = FAR.copy(), np.zeros_like(PICTURE)
    depth[10:40, 20:40], picture[10:40, 20:40] = 2.0, 1.0
    view, holes = augmented.shifted_view(picture, depth, CAMERA, right=0.2)
    assert holes[20, 30:40].any() and not view[20][holes[20]].any()
    assert (view[20] > 0.5).any()  # the near thing is still there


def test_a_view_is_nearer_to_the_true_one_than_the_old_picture(room):
    truth = room.moved(0.05).image.astype(float)
    view, holes = augmented.shifted_view(room.image, room.depth, room.camera, 0.05)
    assert np.abs(view - truth)[~holes].mean() < 0.4 * np.abs(room.image - truth)[~holes].mean()
    assert 0.01 < holes.mean() < 0.2


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"right": np.nan}, "finite"),
        ({"down": np.inf}, "finite"),
        ({"pivot": 0}, "pivot"),
        ({"pivot": np.nan}, "pivot"),
        ({"depth": NAN}, "NaN"),
        ({"depth": FAR[:, 1:]}, "shape"),
        ({"picture": PICTURE[..., 0]}, "H, W, 3"),
    ],
)
def test_views_that_cannot_be(changed, word):
    arguments = {"picture": PICTURE, "depth": FAR, "camera": CAMERA, "right": 0.1} | changed
    with pytest.raises(ValueError, match=word):
        augmented.shifted_view(**arguments)


def test_a_film_holds_its_frames(tmp_path):
    frames = [np.full((20, 30, 3), value, np.uint8) for value in (0, 128, 255)]
    path = augmented.save_gif(tmp_path / "new" / "film.gif", frames, seconds=0.2)
    with Image.open(path) as film:
        assert film.n_frames == 3 and film.size == (30, 20) and film.info["duration"] == 200 and film.info["loop"] == 0
        film.seek(1)
        assert abs(int(np.asarray(film.convert("RGB"))[5, 5, 0]) - 128) <= 2
    assert [file.name for file in path.parent.iterdir()] == ["film.gif"]  # nothing half written is left


@pytest.mark.parametrize(
    ("frames", "options", "word"),
    [
        ([], {}, "no frames"),
        ([np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5, 3), np.uint8)], {}, "size"),
        ([np.zeros((4, 4), np.uint8)], {}, "H, W, 3"),
        ([np.zeros((4, 4, 3))], {}, "uint8"),
        ([np.zeros((4, 4, 3), np.uint8)], {"seconds": 0}, "seconds"),
        ([np.zeros((4, 4, 3), np.uint8)], {"colours": 1}, "colours"),
    ],
)
def test_films_that_cannot_be(tmp_path, frames, options, word):
    with pytest.raises(ValueError, match=word):
        augmented.save_gif(tmp_path / "film.gif", frames, **options)
    assert not list(tmp_path.iterdir())


def test_a_scene_with_something_added_differs_only_there_and_in_its_light(room):
    position = room.pose[:3, :3] @ [0.5, 0.45, 3.0] + room.pose[:3, 3]

    def add(world):
        with world.thing("ball"):
            world.ellipsoid(position, 0.3, Material((0.8, 0.1, 0.1)))

    there = room.changed(add)
    ball = there.object_id == there.object_id.max()
    assert ball.sum() > 100 and there.object_id.max() > room.object_id.max()
    np.testing.assert_array_equal(there.depth[~ball], room.depth[~ball])
    assert (there.depth[ball] < room.depth[ball]).all()
    assert (there.image == room.image).all(axis=2).mean() > 0.5  # the same exposure and the same noise
    np.testing.assert_array_equal(room.changed(lambda world: None).image, room.image)  # the first world is untouched


def test_the_drawn_ball_covers_the_pixels_of_the_rendered_one(room):
    centre = np.array([0.45, 0.4, 3.0])

    def add(world):
        with world.thing("ball"):
            world.ellipsoid(room.pose[:3, :3] @ centre + room.pose[:3, 3], 0.3, Material((0.8, 0.1, 0.1)))

    there = room.changed(add)
    truth = there.object_id == there.object_id.max()
    layer = augmented.ball(room.camera, room.depth.shape, centre, 0.3)
    _, visible = augmented.composite(augmented.to_linear(room.image), room.depth, layer)
    assert ((visible > 0.5) & truth).sum() / ((visible > 0.5) | truth).sum() > 0.95
    both = truth & (visible == 1)
    np.testing.assert_allclose(layer.depth[both], there.depth[both], atol=0.05)


def test_a_moved_camera_sees_what_the_stereo_twin_sees(room):
    np.testing.assert_array_equal(room.moved(right=0.1).depth, room.stereo_twin(0.1).depth)
    lower = room.moved(down=0.1)
    np.testing.assert_allclose(lower.pose[:3, 3] - room.pose[:3, 3], 0.1 * room.pose[:3, 1])
    with pytest.raises(ValueError, match="finite"):
        room.moved(np.nan)


def test_a_layer_of_another_size_is_refused():
    small = Layer(np.zeros((2, 2, 3)), np.zeros((2, 2)), np.full((2, 2), np.inf))
    with pytest.raises(ValueError, match="layer"):
        augmented.composite(PICTURE, FAR, small)


@pytest.mark.parametrize("value", ["a", None, True, 2.5, math.nan])
def test_numbers_that_must_be_whole_are_refused_by_name(tmp_path, value):
    frame = np.zeros((*SHAPE, 3), np.uint8)
    with pytest.raises(ValueError, match="stripes is .*whole number"):
        augmented.ball(CAMERA, SHAPE, (0, 0, 2), 0.3, stripes=value)
    with pytest.raises(ValueError, match="layers is .*whole number"):
        augmented.refocus(PICTURE, FAR, 50, 2, 0.01, layers=value)
    with pytest.raises(ValueError, match="colours is .*whole number"):
        augmented.save_gif(tmp_path / "film.gif", [frame], colours=value)


@pytest.mark.parametrize("value", ["a", None, True, 1j])
def test_what_is_no_number_is_refused_by_name(tmp_path, value):
    frame = np.zeros((*SHAPE, 3), np.uint8)
    with pytest.raises(ValueError, match="ambient is .*a number"):
        augmented.ball(CAMERA, SHAPE, (0, 0, 2), 0.3, ambient=value)
    with pytest.raises(ValueError, match="aperture is .*a number"):
        augmented.refocus(PICTURE, FAR, 50, 2, value)
    for name, said in (
        ("right", "move .*numbers"),
        ("down", "move .*numbers"),
        ("pivot", "pivot is .*a positive number"),
    ):
        with pytest.raises(ValueError, match=said):
            augmented.shifted_view(PICTURE, FAR, CAMERA, **{name: value})
    with pytest.raises(ValueError, match="seconds is "):
        augmented.save_gif(tmp_path / "film.gif", [frame], seconds=value)
    assert not list(tmp_path.iterdir())
