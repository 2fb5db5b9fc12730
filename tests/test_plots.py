"""Figures: alternative text, size, colour maps, labels, and what is drawn."""

from __future__ import annotations

import io
import tracemalloc

import IPython.display
import matplotlib
import numpy as np
import pytest
from PIL import Image

from helpers import plots

ALT = "A test picture: a ramp that is dark above and bright below."


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: a list of (data, metadata)."""
    out = []
    monkeypatch.setattr(IPython.display, "display", lambda data, raw, metadata: out.append((data, metadata)))
    return out


@pytest.fixture
def drawn(monkeypatch):
    """The figures themselves, not their pixels."""
    figures = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: figures.append(figure))
    return figures


def ramp(height=30, width=40):
    return np.broadcast_to(np.linspace(0, 5, height)[:, None], (height, width)).copy()


def photo(height=30, width=40, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


DRAW = {
    "images": lambda alt: plots.show_images([photo(), ramp() / 5], ["a", "b"], alt),
    "depth": lambda alt: plots.show_depth(photo(), ramp(), alt),
    "map": lambda alt: plots.show_map(ramp(), "depth", "depth (m)", alt),
    "maps": lambda alt: plots.show_maps([ramp(), ramp() + 1], ["a", "b"], "depth (m)", alt),
    "own maps": lambda alt: plots.show_maps([ramp()] * 4, list("abcd"), "depth (m)", alt, shared=False),
    "comparison": lambda alt: plots.show_comparison(photo(), ramp(), ramp() + 1, np.ones((30, 40)), alt),
    "bars": lambda alt: plots.show_bars(["one", "two"], [1, 20_000], "parts", "parameters", alt),
    "histogram": lambda alt: plots.show_histogram(ramp(), "how often", "value", alt),
    "histograms": lambda alt: plots.show_histogram({"a": ramp(), "b": ramp()}, "how often", "value", alt),
    "lines": lambda alt: plots.show_lines([1, 2, 3], {"a": [1, 2, 3], "b": [3, 2, 1]}, "title", "x", "y", alt),
    "scatter": lambda alt: plots.show_scatter(ramp(), ramp(), "title", "x", "y", alt, line=(1, -2)),
}


@pytest.mark.parametrize("name", DRAW)
def test_every_figure_is_shown_once_with_its_alternative_text(shown, name):
    DRAW[name](ALT)
    [(data, metadata)] = shown
    assert data["text/plain"] == ALT and metadata == {"image/png": {"alt": ALT}}
    with Image.open(io.BytesIO(data["image/png"])) as picture:
        picture.load()
        assert picture.format == "PNG" and min(picture.size) > 150
    assert len(data["image/png"]) <= plots.MAX_BYTES <= 150_000


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("alt", ["", "too short", " " * 40, None])
def test_no_figure_without_alternative_text(shown, name, alt):
    with pytest.raises(ValueError, match="alt is"):
        DRAW[name](alt)
    assert not shown


@pytest.mark.parametrize("name", DRAW)
def test_no_state_is_left_behind(shown, name):
    before = dict(matplotlib.rcParams)
    DRAW[name](ALT)
    assert dict(matplotlib.rcParams) == before
    assert not matplotlib._pylab_helpers.Gcf.figs


def test_the_kernel_keeps_the_alternative_text(monkeypatch, tmp_path):
    from IPython.core.displaypub import CapturingDisplayPublisher
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    publisher, shell.display_pub = shell.display_pub, CapturingDisplayPublisher()
    try:
        plots.show_map(ramp(), "depth", "depth (m)", ALT)
        [output] = shell.display_pub.outputs
    finally:
        shell.display_pub = publisher
        InteractiveShell.clear_instance()
    assert output["metadata"]["image/png"]["alt"] == ALT
    assert output["data"]["text/plain"] == ALT


def test_line_breaks_in_the_alternative_text_become_spaces(shown):
    plots.show_map(ramp(), "depth", "depth (m)", "A ramp that is dark\n    above and bright below.")
    assert shown[0][0]["text/plain"] == "A ramp that is dark above and bright below."


def test_equal_figures_have_equal_bytes(shown):
    for _ in range(2):
        plots.show_depth(photo(), ramp(), ALT)
    first, second = (data["image/png"] for data, _ in shown)
    assert first == second
    with Image.open(io.BytesIO(first)) as picture:
        assert not {key.lower() for key in picture.info} & {"software", "creation time", "date"}


def test_a_picture_that_does_not_compress_is_made_smaller(shown):
    plots.show_images([photo(450, 600, 1)], ["noise"], ALT)
    [(data, metadata)] = shown
    assert len(data["image/jpeg"]) <= plots.MAX_BYTES and metadata == {"image/jpeg": {"alt": ALT}}
    assert data["text/plain"] == ALT and "image/png" not in data
    with Image.open(io.BytesIO(data["image/jpeg"])) as picture:
        picture.load()
        assert picture.format == "JPEG" and min(picture.size) > 150


def test_a_smooth_map_beside_a_noisy_picture_gets_no_steps():
    figure = plots.new_figure(8, 4)
    left, right = figure.subplots(1, 2)
    left.imshow(photo(300, 400))
    left.set_axis_off()
    right.imshow(np.tile(np.linspace(0, 1, 400), (300, 1)), cmap="inferno")
    right.set_axis_off()
    kind, data = plots.render(figure, max_bytes=200_000)
    with Image.open(io.BytesIO(data)) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert kind == "image/jpeg" and (pixels[0] >= 253).all()  # the paper stays white
    row = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2 + 30 : -30].sum(axis=1)
    steps = np.abs(np.diff(row))
    assert steps.max() <= 12, "a palette of 256 colours makes steps of 17 here"
    middle = np.array(matplotlib.colormaps["inferno"](0.5, bytes=True)[:3], int)
    assert (np.abs(pixels - middle).max(axis=2) <= 6).sum() > 100


def test_many_lines_keep_their_size():
    figure = plots.new_figure(10, 7)
    walks = np.random.default_rng(0).standard_normal((4, 12, 3000)).cumsum(axis=2)
    for axes, lines in zip(figure.subplots(2, 2).ravel(), walks, strict=True):
        axes.plot(lines.T, linewidth=1)
    kind, data = plots.render(figure)
    with Image.open(io.BytesIO(data)) as picture:
        assert (kind, picture.format, picture.size) == ("image/png", "PNG", (1000, 700))
    assert len(data) <= plots.MAX_BYTES


def test_a_picture_is_png_unless_jpeg_is_far_smaller():
    figure = plots.new_figure(8, 4)
    figure.subplots().imshow(np.kron(np.eye(8), np.ones((40, 40))), cmap="gray")
    assert plots.render(figure)[0] == "image/png"
    figure = plots.new_figure(8, 4)
    smooth = np.sin(np.add.outer(np.arange(300) ** 1.5 / 99, np.arange(400) / 17)) + photo(300, 400)[..., 0] / 900
    figure.subplots().imshow(smooth, cmap="inferno")
    assert plots.render(figure)[0] == "image/jpeg"


def test_points_have_their_names(drawn):
    plots.show_scatter([1, np.nan, 3], [4, 5, 6], "title", "x", "y", ALT, names=["a", "b", 7])
    assert [text.get_text() for text in drawn[0].axes[0].texts] == ["a", "7"]
    with pytest.raises(ValueError, match="3 points and 2 names"):
        plots.show_scatter([1, 2, 3], [4, 5, 6], "title", "x", "y", ALT, names=["a", "b"])


def test_the_size_has_an_end():
    figure = plots.new_figure()
    figure.subplots().imshow(photo())
    with pytest.raises(ValueError, match="bytes"):
        plots.render(figure, max_bytes=500)


def labels(figure):
    return " ".join(text for axes in figure.axes for text in (axes.get_title(), axes.get_xlabel(), axes.get_ylabel()))


def image_of(figure, title):
    [axes] = [axes for axes in figure.axes if axes.get_title() == title]
    return axes.images[0]


def test_inverse_depth_says_what_it_is(drawn):
    plots.show_depth(photo(), ramp(), ALT)
    assert "relative inverse depth (larger = nearer)" in labels(drawn[0])
    assert image_of(drawn[0], "prediction").get_clim() == (0, 5)


def test_the_label_says_what_the_values_mean(drawn):
    plots.show_depth(photo(), ramp(), ALT, title="what it says", label="inverse depth (1/m)")
    assert "inverse depth (1/m)" in labels(drawn[0]) and "relative" not in labels(drawn[0])
    assert image_of(drawn[0], "what it says").get_clim() == (0, 5)


def bars(figure):
    """The labels of the colour bars."""
    return [axes.get_xlabel() for axes in figure.axes if axes.get_xlabel()]


def test_maps_share_limits_and_one_bar(drawn):
    plots.show_maps([ramp(), ramp() + 3], ["a", "b"], "depth (m)", ALT)
    assert [image_of(drawn[0], title).get_clim() for title in "ab"] == [(0, 8)] * 2
    assert image_of(drawn[0], "a").cmap.name == image_of(drawn[0], "b").cmap.name == plots.INVERSE_DEPTH_MAP
    assert bars(drawn[0]) == ["depth (m)"]


def test_maps_that_share_nothing_have_their_own_limits_and_bars(drawn):
    plots.show_maps([ramp(), ramp() + 3], ["a", "b"], "depth (m)", ALT, shared=False, colormap="viridis")
    assert [image_of(drawn[0], title).get_clim() for title in "ab"] == [(0, 5), (3, 8)]
    assert image_of(drawn[0], "a").cmap.name == "viridis"
    assert bars(drawn[0]) == ["depth (m)"] * 2


@pytest.mark.parametrize("shared", [True, False])
def test_limits_can_be_given_for_all_maps(drawn, shared):
    plots.show_maps([ramp(), ramp() + 3], ["a", "b"], "depth (m)", ALT, shared=shared, limits=(-1, 20))
    assert [image_of(drawn[0], title).get_clim() for title in "ab"] == [(-1, 20)] * 2


def test_maps_go_into_rows(drawn):
    plots.show_maps([ramp()] * 5, list("abcde"), "depth (m)", ALT, columns=2)
    drawn[0].canvas.draw()
    corners = {title: image_of(drawn[0], title).axes.get_position() for title in "abcde"}
    assert corners["a"].y0 == pytest.approx(corners["b"].y0) and corners["a"].x0 < corners["b"].x0
    assert corners["a"].y0 > corners["c"].y0 > corners["e"].y0
    assert corners["a"].x0 == pytest.approx(corners["e"].x0)


def test_a_photograph_of_24_megapixels_costs_little(drawn):
    values = np.ones((4000, 6000), np.float32)
    values[::5, ::5] = 2  # what is drawn, every fifth row and column
    values[0, 0], values[1, 1] = 3, 99
    values[5, 5] = np.inf
    tracemalloc.start()
    try:
        plots.show_map(values, "map", "depth (m)", ALT)
        plots.show_maps([values, values], ["a", "b"], "depth (m)", ALT)
        plots.show_depth(photo(), values, ALT)
        plots.show_comparison(photo(), values, values, values, ALT)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * values.nbytes  # all that the four figures keep; one whole map in float64 would be as much
    for figure, title in zip(drawn, ("map", "a", "prediction", "truth"), strict=True):
        assert image_of(figure, title).get_array().shape == (800, 1200)
        assert image_of(figure, title).get_array().mask.sum() == 1
    assert image_of(drawn[0], "map").get_clim() == (2, 3)  # of what is drawn


def test_a_large_map_is_not_thinned_twice(drawn):
    plots.show_map(ramp(2450, 30), "map", "depth (m)", ALT)
    assert image_of(drawn[0], "map").get_array().shape == (1225, 15)
    plots.show_map(ramp(2399, 30), "map", "depth (m)", ALT)
    assert image_of(drawn[1], "map").get_array().shape == (2399, 30)


def test_large_pictures_are_drawn_smaller(drawn):
    large = np.zeros((2400, 2400, 3))
    plots.show_images([large, large.astype(np.uint8)], ["floats", "bytes"], ALT)
    assert [image_of(drawn[0], title).get_array().shape for title in ("floats", "bytes")] == [(1200, 1200, 3)] * 2


def test_limits_can_be_shared_by_figures(drawn):
    plots.show_depth(photo(), ramp(), ALT, limits=(-1, 8))
    assert image_of(drawn[0], "prediction").get_clim() == (-1, 8)


def test_prediction_and_truth_share_colours_and_limits(drawn):
    truth = ramp()
    truth[:2] = np.inf
    plots.show_comparison(photo(), ramp() * 9, truth, ramp(), ALT, label="depth (m)", error_label="error (m)")
    prediction, true = image_of(drawn[0], "prediction, aligned"), image_of(drawn[0], "truth")
    assert prediction.get_clim() == true.get_clim() and prediction.cmap.name == true.cmap.name
    assert 0 <= true.get_clim()[0] < true.get_clim()[1] <= 5
    assert "depth (m)" in labels(drawn[0]) and "error (m)" in labels(drawn[0])
    assert true.get_array().mask[:2].all() and not true.get_array().mask[2:].any()


def test_a_perfect_prediction_can_be_drawn(drawn):
    plots.show_comparison(photo(), ramp(), ramp(), ramp() * 0, ALT)
    assert image_of(drawn[0], "error").get_clim()[1] > 0


def test_constant_maps_can_be_drawn(drawn):
    plots.show_depth(photo(), np.full((30, 40), 3.0), ALT)
    assert image_of(drawn[0], "prediction").get_clim() == (2.5, 3.5)


@pytest.mark.parametrize("colormap", ["jet", "rainbow", "hsv", "nonsense"])
def test_uneven_colour_maps_are_refused(drawn, colormap):
    with pytest.raises(ValueError, match="colormap"):
        plots.show_map(ramp(), "depth", "depth (m)", ALT, colormap=colormap)


@pytest.mark.parametrize("name", DRAW)
def test_no_text_overlaps_another_or_leaves_the_figure(drawn, name):
    DRAW[name](ALT)
    figure = drawn[0]
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    boxes = []
    for axes in figure.axes:
        texts = [axes.title]
        if axes.axison:
            texts += [axes.xaxis.label, axes.yaxis.label]
        boxes += [text.get_window_extent(renderer) for text in texts if text.get_text()]
    assert boxes
    for i, box in enumerate(boxes):
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


@pytest.mark.parametrize("shape", [(20, 90), (90, 20), (1, 1)])
def test_unusual_shapes(shown, shape):
    plots.show_depth(photo(*shape), ramp(*shape), ALT)
    plots.show_comparison(photo(*shape), ramp(*shape), ramp(*shape), ramp(*shape), ALT)
    plots.show_images([photo(*shape)] * 5, list("abcde"), ALT)
    assert len(shown) == 3


def test_bars_say_their_values_from_top_to_bottom(drawn):
    plots.show_bars(["encoder", "head"], [1_234_567, 89], "parts", "parameters", ALT, form="{:,.0f}")
    axes = drawn[0].axes[0]
    assert {text.get_text() for text in axes.texts} == {"1,234,567", "89"}
    assert [text.get_text() for text in axes.get_yticklabels()] == ["encoder", "head"]
    assert axes.yaxis_inverted() and axes.get_xlabel() == "parameters"


def test_histograms_count_every_finite_value(drawn):
    plots.show_histogram({"a": [0, 1, 2, np.nan], "b": [2, 2, np.inf]}, "how often", "value", ALT, bins=4)
    counts = [sum(patch.get_height() for patch in axes.patches) for axes in drawn[0].axes]
    assert counts == [3, 2]


def test_pictures_of_several_kinds(drawn):
    grey = np.zeros((4, 5), bool)
    plots.show_images([Image.new("RGB", (5, 4)), np.zeros((4, 5, 1)), grey], ["a", "b", "c"], ALT)
    assert len([axes for axes in drawn[0].axes if axes.images]) == 3


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: plots.show_images([], [], ALT), "0 pictures and 0 titles"),
        (lambda: plots.show_images([photo()], ["a", "b"], ALT), "1 pictures and 2 titles"),
        (lambda: plots.show_images([np.zeros((3, 4, 4))], ["a"], ALT), "a picture has shape"),
        (lambda: plots.show_images([np.zeros((4, 4), np.int32)], ["a"], ALT), "a picture has dtype int32"),
        (lambda: plots.show_images([photo()], ["a"], ALT, columns=0), "columns is 0"),
        (lambda: plots.show_depth(photo(), np.full((3, 3), np.nan), ALT), "inverse_depth has no finite value"),
        (lambda: plots.show_depth(photo(), np.ones(3), ALT), "inverse_depth has shape"),
        (lambda: plots.show_depth(photo(), ramp(), ALT, limits=(2, 1)), "limits is .*the smaller first"),
        (lambda: plots.show_maps([], [], "l", ALT), "0 maps and 0 titles"),
        (lambda: plots.show_maps([ramp()], ["a", "b"], "l", ALT), "1 maps and 2 titles"),
        (lambda: plots.show_maps([ramp()], ["a"], "l", ALT, columns=0), "columns is 0"),
        (lambda: plots.show_maps([ramp()], ["a"], "l", ALT, limits=(2, 1)), "limits is .*the smaller first"),
        (lambda: plots.show_maps([ramp()], ["a"], "l", ALT, colormap="jet"), "colormap is 'jet'"),
        (lambda: plots.show_maps([ramp(), np.ones(3)], ["a", "b"], "l", ALT), "b has shape"),
        (lambda: plots.show_comparison(photo(), ramp(), ramp()[:3], ramp(), ALT), "the same shape"),
        (
            lambda: plots.show_comparison(photo(), ramp(2401, 9), ramp(2402, 9), ramp(2401, 9), ALT),
            "the same shape",
        ),
        (lambda: plots.show_bars([], [], "t", "u", ALT), "0 labels and 0 values"),
        (lambda: plots.show_bars(["a"], [1, 2], "t", "u", ALT), "1 labels and 2 values"),
        (lambda: plots.show_bars(["a"], [np.nan], "t", "u", ALT), "one finite value is needed"),
        (lambda: plots.show_histogram([], "t", "l", ALT), "no finite values"),
        (lambda: plots.show_histogram([1, 2], "t", "l", ALT, bins=0), "bins is 0"),
        (lambda: plots.show_lines([1, 2], {}, "t", "x", "y", ALT), "there must be a curve"),
        (lambda: plots.show_lines([1, 2], {"a": [1]}, "t", "x", "y", ALT), "one value for each x"),
        (lambda: plots.show_scatter([1, 2], [1], "t", "x", "y", ALT), "2 values of x and 1 of y"),
        (lambda: plots.show_scatter([np.nan], [1], "t", "x", "y", ALT), "no finite point"),
        (lambda: plots.new_figure(0, 3), "0 x 3 inches"),
    ],
)
def test_bad_input_is_refused(drawn, call, said):
    with pytest.raises(ValueError, match=said):
        call()
    assert not drawn


def test_a_shared_colour_bar_leaves_room_for_the_titles(monkeypatch):
    drawn = []
    monkeypatch.setattr(plots, "show", lambda figure, alt: drawn.append(plots.render(figure)))
    slope = np.add.outer(np.arange(240.0), np.zeros(320))
    plots.show_maps([slope] * 3, ["one", "two", "three"], "a label", alt="Three equal slopes, bright at the bottom.")
    ink = np.asarray(Image.open(io.BytesIO(drawn[0][1])).convert("L")) < 128
    assert not ink[:3].any() and ink[3:30].any()


def test_things_are_numbered_but_crumbs_are_not():
    things = np.zeros((120, 160), int)
    things[10:60, 10:60], things[10:60, 90:150], things[100:102, 100:102] = 1, 12, 3
    axes = plots.new_figure().subplots()
    plots.draw_things(axes, np.full((120, 160, 3), 128, np.uint8), things, "things", close=True)
    assert sorted(note.get_text() for note in axes.texts) == ["1", "12"]
    assert axes.get_xlim() == (0, 160) and axes.get_title() == "things"
    (drawn,) = axes.images
    colours = drawn.get_array()
    assert np.ptp(colours[5, 5]) == 0 and 0 < colours[5, 5, 0] < 128 / 255, "what is no thing is grey and dim"
    assert not np.allclose(colours[30, 30], colours[30, 120])


def test_a_number_that_would_cover_that_of_a_larger_thing_is_left_out():
    things = np.zeros((100, 100), int)
    things[20:80, 20:80] = 1
    things[48:52, 48:52] = 2
    axes = plots.new_figure().subplots()
    plots.draw_things(axes, np.zeros((100, 100, 3), np.uint8), things, "one inside the other")
    assert "1" in [note.get_text() for note in axes.texts]


@pytest.mark.parametrize("things", [np.zeros((4, 5), int), np.zeros((4, 4)), np.zeros(16, int), "things"])
def test_things_of_another_size_or_kind_are_refused(things):
    with pytest.raises(ValueError, match="things must be whole numbers"):
        plots.draw_things(plots.new_figure().subplots(), np.zeros((4, 4, 3), np.uint8), things, "things")
