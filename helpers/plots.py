"""Every figure that the notebooks draw, each shown with its alternative text.

A figure ends in a picture of at most 130 KB, PNG or else JPEG, whose alternative text stands in the output's metadata,
where the exporter finds it, and as the output's plain text. All colour maps are perceptual: equal steps look equal.
Of a large map every second, third, ... row and column is drawn, about 1200 to 2400 along the longer side: limits that
are not given are those of the drawn values. What is of another kind than an argument should be is a ValueError.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogFormatter, MaxNLocator, StrMethodFormatter
from PIL import Image

from helpers import checks

__all__ = [
    "CLASS_COLOURS",
    "ERROR_MAP",
    "INVERSE_DEPTH_LABEL",
    "INVERSE_DEPTH_MAP",
    "MAX_BYTES",
    "draw_things",
    "new_figure",
    "render",
    "show",
    "show_bars",
    "show_comparison",
    "show_depth",
    "show_histogram",
    "show_images",
    "show_lines",
    "show_map",
    "show_maps",
    "show_scatter",
]

MAX_BYTES = 130_000
INVERSE_DEPTH_MAP = "inferno"
ERROR_MAP = "magma"
# Okabe and Ito, with a grey for their black: colour-blind readers tell them apart too
CLASS_COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#4b5563")
INVERSE_DEPTH_LABEL = "relative inverse depth (larger = nearer)"

_MAPS = ("viridis", "inferno", "magma", "plasma", "cividis", "gray", "RdBu_r")  # the last is diverging
_STYLE = {"font.size": 11, "axes.titlesize": 12, "axes.labelsize": 11, "xtick.labelsize": 10, "ytick.labelsize": 10}
_BAR = "#31688e"  # from viridis, dark enough on white for any eye
_LINE_COLOURS = ("#440154", "#21918c", "#c2410c", "#31688e", "#6b7280")
_LINE_STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)))


def new_figure(width: float = 8.0, height: float = 4.0) -> Figure:
    """An empty figure of width x height inches whose parts do not overlap; draw into it, then call `show`.

    Raises ValueError for a width or height that is not above 0 and at most 16.
    """
    if not all(checks.finite(side) and 0 < side <= 16 for side in (width, height)):
        raise ValueError(f"a figure of {width!r} x {height!r} inches: both must lie between 0 and 16.")
    figure = Figure(figsize=(width, height), dpi=100, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    FigureCanvasAgg(figure)
    return figure


def render(figure: Figure, max_bytes: int = MAX_BYTES) -> tuple[str, bytes]:
    """The figure as ("image/png", bytes) or ("image/jpeg", bytes), at most `max_bytes`.

    The same bytes every time on the same machine. JPEG is taken for figures with pictures or maps where PNG is too big
    or clearly bigger: it keeps smooth maps smooth, where a palette of 256 colours would draw steps. Lines and text
    alone have few colours, and get that palette before they get smaller. Raises ValueError where even the smallest is
    too big.
    """
    if (layout := figure.get_layout_engine()) is not None:
        layout.execute(figure)  # with a shared colour bar it settles only at the second time, in the drawing below
    with_pictures = any(axes.images for axes in figure.axes)
    for dpi in (100, 85, 72, 60):
        picture = _drawn(figure, dpi)
        lossless = _encoded(picture, "PNG")
        if with_pictures:  # colours at full resolution: thin coloured lines stay thin
            smaller = [_encoded(picture, "JPEG", quality=quality, subsampling=0) for quality in (84, 78, 72)]
        else:
            smaller = [_encoded(picture.quantize(256, dither=Image.Dither.NONE), "PNG")]
        if len(lossless) <= max_bytes and not (with_pictures and len(smaller[0]) < 0.85 * len(lossless)):
            return "image/png", lossless
        for data in smaller:
            if len(data) <= max_bytes:
                return "image/jpeg" if with_pictures else "image/png", data
    raise ValueError(f"the figure needs more than {max_bytes} bytes even at {dpi} dots per inch: draw less in it.")


def _drawn(figure: Figure, dpi: int) -> Image.Image:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, facecolor="white", pil_kwargs={"compress_level": 1})
    with Image.open(buffer) as drawn:
        return drawn.convert("RGB")


def _encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """By Pillow, which writes no software name and no date: equal figures have equal bytes."""
    picture.info.clear()
    buffer = io.BytesIO()
    picture.save(buffer, format=kind, **options)
    return buffer.getvalue()


def show(figure: Figure, alt: str) -> None:
    """Display the figure in the notebook with `alt`, a sentence that says what the picture shows.

    Raises ValueError for an alternative text shorter than 20 characters.
    """
    alt = checks.alt_text(alt)
    from IPython.display import display

    kind, data = render(figure)
    display({kind: data, "text/plain": alt}, raw=True, metadata={kind: {"alt": alt}})


def show_images(images: Sequence[Any], titles: Sequence[str], alt: str, *, columns: int | None = None) -> None:
    """Pictures side by side, each with its title: uint8 or float 0..1, (H, W, 3) or grey (H, W), or PIL pictures.

    More than four go into rows of `columns` (by default 4). Raises ValueError for no pictures, a number of titles that
    differs, a wrong shape, or columns below 1.
    """
    alt = checks.alt_text(alt)
    arrays, titles = [_picture(image) for image in checks.listed(images, "images")], checks.listed(titles, "titles")
    if not arrays or len(arrays) != len(titles):
        raise ValueError(f"{len(arrays)} pictures and {len(titles)} titles: there must be one title for each picture.")
    columns = min(len(arrays), 4 if columns is None else checks.count(columns, "columns"))
    rows = -(-len(arrays) // columns)
    aspect = max(array.shape[0] / array.shape[1] for array in arrays)
    width = {1: 5.0, 2: 8.0}.get(columns, 10.0)
    height = min(16.0, rows * (min(1.8, max(0.25, aspect)) * width / columns + 0.45))
    with _style():
        figure = new_figure(width, height)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in grid[len(arrays) :]:
            axes.set_axis_off()
        for axes, array, title in zip(grid, arrays, titles, strict=False):
            _draw_picture(axes, array, title)
        show(figure, alt)


def show_depth(
    image: Any,
    inverse_depth: Any,
    alt: str,
    *,
    title: str = "prediction",
    label: str = INVERSE_DEPTH_LABEL,
    limits: tuple[float, float] | None = None,
) -> None:
    """The picture beside its inverse depth (H, W), in colours, with a colour bar; `label` says what the values mean.

    `limits` fixes the two ends of the colour map, by default the smallest and largest value drawn.
    Raises ValueError for a wrong shape, a map without a finite value or limits not in order.
    """
    alt = checks.alt_text(alt)
    picture, values = _picture(image), _map(inverse_depth, "inverse_depth")
    low, high = _limits([values], limits)
    with _style():
        figure = new_figure(10.0, _row_height(picture.shape, 4.4))
        left, right = figure.subplots(1, 2)
        _draw_picture(left, picture)
        _bar(figure, _draw_map(right, values, title, INVERSE_DEPTH_MAP, low, high), right, label)
        show(figure, alt)


def show_map(
    values: Any, title: str, label: str, alt: str, *, colormap: str = "viridis", limits: tuple | None = None
) -> None:
    """One map (H, W) in colours, with a colour bar labelled `label` (say the unit). NaN and infinity are drawn grey.

    Raises ValueError for a wrong shape, a map without a finite value, limits not in order or an unknown colour map.
    """
    alt = checks.alt_text(alt)
    values = _map(values, "values")
    low, high = _limits([values], limits)
    with _style():
        figure = new_figure(6.4, _row_height(values.shape, 5.0))
        axes = figure.subplots()
        _bar(figure, _draw_map(axes, values, title, colormap, low, high), axes, label)
        show(figure, alt)


def show_maps(
    maps: Sequence[Any],
    titles: Sequence[str],
    label: str,
    alt: str,
    *,
    colormap: str = INVERSE_DEPTH_MAP,
    shared: bool = True,
    columns: int = 3,
    limits: tuple[float, float] | None = None,
) -> None:
    """Maps (H, W) beside each other in colours: with one colour bar and the same limits where `shared`, else one each.

    `limits` fixes the two ends of the colour map for all maps, by default the smallest and largest value drawn: of all
    maps where `shared`, else of each. More than `columns` maps go into further rows. Raises ValueError for no maps, a
    number of titles that differs, a wrong shape, a map without a finite value, limits not in order or columns below 1.
    """
    alt = checks.alt_text(alt)
    maps, titles = checks.listed(maps, "maps"), checks.listed(titles, "titles")
    if not maps or len(maps) != len(titles):
        raise ValueError(f"{len(maps)} maps and {len(titles)} titles: there must be one title for each map.")
    columns = min(checks.count(columns, "columns"), len(maps))
    maps = [_map(values, title) for values, title in zip(maps, titles, strict=True)]
    rows = -(-len(maps) // columns)
    with _style():
        figure = new_figure(10.0, min(16.0, rows * _row_height(maps[0].shape, 9.0 / columns)))
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in grid[len(maps) :]:
            axes.set_axis_off()
        for axes, values, title in zip(grid, maps, titles, strict=False):
            drawn = _draw_map(axes, values, title, colormap, *_limits(maps if shared else [values], limits))
            if not shared:
                _bar(figure, drawn, axes, label)
        if shared:
            _bar(figure, drawn, list(grid), label)
        show(figure, alt)


def show_comparison(
    image: Any,
    prediction_aligned: Any,
    truth: Any,
    error: Any,
    alt: str,
    *,
    label: str = "inverse depth (1/m)",
    error_label: str = "absolute error (1/m)",
) -> None:
    """Picture, aligned prediction, truth and error, two by two; prediction and truth share limits and colours.

    All maps are (H, W); NaN and infinity (sky) are drawn grey. The shared limits are the 1st and 99th percentile of the
    truth. The error is drawn from 0 to its 99th percentile. Raises ValueError for shapes that differ or a map without a
    finite value.
    """
    alt = checks.alt_text(alt)
    picture = _picture(image)
    maps = {"prediction": prediction_aligned, "truth": truth, "error": error}
    maps = {name: checks.array(values, name) for name, values in maps.items()}
    shapes = {values.shape for values in maps.values()}
    maps = {name: _map(values, name) for name, values in maps.items()}
    if len(shapes) > 1:
        raise ValueError("prediction, truth and error must have the same shape.")
    low, high = _limits([np.percentile(maps["truth"][np.isfinite(maps["truth"])], (1, 99))], None)
    size = np.abs(maps["error"][np.isfinite(maps["error"])])
    top = float(np.percentile(size, 99)) or 1e-6
    with _style():
        figure = new_figure(10.0, min(14.0, 2 * _row_height(picture.shape, 4.4)))
        (a, b), (c, d) = figure.subplots(2, 2)
        _draw_picture(a, picture)
        _bar(figure, _draw_map(b, maps["error"], "error", ERROR_MAP, 0.0, top), b, error_label)
        _draw_map(c, maps["prediction"], "prediction, aligned", INVERSE_DEPTH_MAP, low, high)
        drawn = _draw_map(d, maps["truth"], "truth", INVERSE_DEPTH_MAP, low, high)
        _bar(figure, drawn, [c, d], label)
        show(figure, alt)


def show_bars(
    labels: Sequence[str], values: Sequence[float], title: str, unit: str, alt: str, *, form: str = "{:.3g}"
) -> None:
    """Lying bars with their values written beside them; `unit` labels the axis, `form` formats the values.

    Raises ValueError for no bars, a number of labels that differs, or values that are not finite.
    """
    alt = checks.alt_text(alt)
    labels, numbers = checks.listed(labels, "labels"), _values(checks.listed(values, "values"), "values")
    checks.instance(form, str, "form")
    if numbers.ndim != 1 or numbers.size == 0 or numbers.size != len(labels) or not np.isfinite(numbers).all():
        raise ValueError(f"{len(labels)} labels and {numbers.size} values: one finite value is needed for each label.")
    with _style():
        figure = new_figure(8.0, min(16.0, 1.3 + 0.42 * numbers.size))
        axes = figure.subplots()
        bars = axes.barh(range(numbers.size), numbers, color=_BAR)
        axes.bar_label(bars, labels=[form.format(value) for value in numbers], padding=4)
        axes.set_yticks(range(numbers.size), labels)
        axes.invert_yaxis()  # the first label on top, as one reads
        axes.margins(x=0.16)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
        axes.set_xlabel(unit)
        axes.set_title(title)
        _clean(axes)
        show(figure, alt)


def show_histogram(
    values: Any | dict[str, Any], title: str, label: str, alt: str, *, bins: int = 64, count_label: str = "pixels"
) -> None:
    """How often which value occurs: one array, or a dict of name -> array drawn one above the other on the same axis.

    `label` names the values and their unit. Values that are not finite are left out. Raises ValueError where none is
    left or bins is below 1.
    """
    alt = checks.alt_text(alt)
    named = values if isinstance(values, dict) else {"": values}
    flat = {name: _values(array, name or "values").ravel() for name, array in named.items()}
    flat = {name: array[np.isfinite(array)] for name, array in flat.items()}
    if not flat or any(array.size == 0 for array in flat.values()):
        raise ValueError("there are no finite values to count.")
    bins = checks.count(bins, "bins")
    low, high = _limits(list(flat.values()), None)
    with _style():
        figure = new_figure(8.0, min(14.0, 1.2 + 2.1 * len(flat)))
        rows = figure.subplots(len(flat), 1, sharex=True, squeeze=False).ravel()
        for axes, (name, array), colour in zip(rows, flat.items(), _cycle(_LINE_COLOURS, len(flat)), strict=True):
            axes.hist(array, bins=bins, range=(low, high), color=colour)
            axes.set_ylabel(count_label)
            axes.set_title(name or title)
            _clean(axes)
        if "" not in flat:
            figure.suptitle(title)
        rows[-1].set_xlabel(label)
        show(figure, alt)


def show_lines(
    x: Any,
    lines: dict[str, Any],
    title: str,
    x_label: str,
    y_label: str,
    alt: str,
    *,
    log_x: bool = False,
    log_y: bool = False,
) -> None:
    """Named curves over the same x, told apart by colour and by dashes, with a legend where there is more than one.

    Raises ValueError for no curve or lengths that differ.
    """
    alt = checks.alt_text(alt)
    x = _values(x, "x")
    curves = {name: _values(y, name) for name, y in checks.instance(lines, dict, "lines").items()}
    if not curves or x.ndim != 1 or any(y.shape != x.shape for y in curves.values()):
        raise ValueError("every curve needs one value for each x, and there must be a curve.")
    with _style():
        figure = new_figure(8.0, 4.2)
        axes = figure.subplots()
        looks = zip(_cycle(_LINE_COLOURS, len(curves)), _cycle(_LINE_STYLES, len(curves)), strict=True)
        for (name, y), (colour, style) in zip(curves.items(), looks, strict=True):
            axes.plot(x, y, color=colour, linestyle=style, linewidth=2, label=name)
        axes.set_xscale("log" if log_x else "linear")
        axes.set_yscale("log" if log_y else "linear")
        for axis in [axes.xaxis] * log_x + [axes.yaxis] * log_y:  # 3 and 10, not powers of ten
            axis.set_major_formatter(StrMethodFormatter("{x:g}"))
            axis.set_minor_formatter(LogFormatter(minor_thresholds=(1.2, 0.5)))
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.set_title(title)
        axes.grid(color="#e5e7eb")
        _clean(axes)
        if len(curves) > 1:
            axes.legend(frameon=False)
        show(figure, alt)


def show_scatter(
    x: Any,
    y: Any,
    title: str,
    x_label: str,
    y_label: str,
    alt: str,
    *,
    line: tuple[float, float] | None = None,
    names: Sequence[Any] | None = None,
) -> None:
    """Points, and where `line` = (scale, shift) is given the straight line y = scale x + shift through them.

    names: one for each point, written beside it. Points that are not finite are left out; of more than 5000, evenly
    spaced ones are drawn. Raises ValueError for lengths that differ, no finite point, or a line of other than two
    numbers.
    """
    alt = checks.alt_text(alt)
    x, y = _values(x, "x").ravel(), _values(y, "y").ravel()
    if x.shape != y.shape:
        raise ValueError(f"{x.size} values of x and {y.size} of y: every point needs both.")
    if names is not None and len(names := checks.listed(names, "names")) != x.size:
        raise ValueError(f"{x.size} points and {len(names)} names: every point needs one.")
    line = None if line is None else checks.pair(line, "line", "(scale, shift)")
    drawn = np.isfinite(x) & np.isfinite(y)
    named = [] if names is None else [(str(names[k]), (x[k], y[k])) for k in np.flatnonzero(drawn)]
    x, y = x[drawn], y[drawn]
    if x.size == 0:
        raise ValueError("there is no finite point to draw.")
    step = -(-x.size // 5000)
    with _style():
        figure = new_figure(6.4, 4.8)
        axes = figure.subplots()
        axes.scatter(x[::step], y[::step], s=8 if x.size > 200 else 30, color=_BAR, alpha=0.4 if x.size > 200 else 1)
        for name, place in named:
            axes.annotate(name, place, (5, 5), textcoords="offset points")
        if line is not None:
            ends = np.array([x.min(), x.max()])
            axes.plot(
                ends,
                line[0] * ends + line[1],
                color="#c2410c",
                linewidth=2,
                label="equal" if line == (1, 0) else _line_label(*line),
            )
            axes.legend(frameon=False)
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.set_title(title)
        axes.grid(color="#e5e7eb")
        _clean(axes)
        show(figure, alt)


def _line_label(scale: float, shift: float) -> str:
    return f"{scale:.3g} x {'-' if shift < 0 else '+'} {abs(shift):.3g}"


def draw_things(axes: Any, image: Any, things: Any, title: str, *, close: bool = False) -> None:
    """Into matplotlib axes: the picture, grey and dim, each thing in one of eight colours and with its number.

    things: (H, W) whole numbers, 0 where there is none, as `helpers.things.separate_things` gives them, of the size of
    the picture. A colour only parts a thing from its neighbours. Crumbs get no number, nor does a thing whose number
    would cover that of a larger one. close: draw only the part of the picture where things are. Raises ValueError for
    shapes that differ and for numbers that are not whole.
    """
    from matplotlib.colors import to_rgb
    from skimage.color import label2rgb
    from skimage.segmentation import mark_boundaries

    image, things = _picture(image), checks.array(things, "things")
    if things.ndim != 2 or things.dtype.kind not in checks.WHOLE or things.shape != image.shape[:2]:
        raise ValueError(
            f"things have shape {things.shape} and dtype {things.dtype}, the picture has shape {image.shape}: "
            "things must be whole numbers (height, width) of the picture's size."
        )
    step = max(1, max(things.shape) // 320)  # a small copy is enough for the eye
    image, things = image[::step, ::step], things[::step, ::step]
    coloured = label2rgb(things, image, colors=[to_rgb(colour) for colour in CLASS_COLOURS], alpha=0.6, bg_label=0)
    coloured = mark_boundaries(coloured, things, color=(1, 1, 1), mode="inner")  # eight colours come again
    axes.imshow(coloured, interpolation="nearest")
    for turn, (number, row, column, beside) in enumerate(_places_of_numbers(things)):
        offset = ((22, 0), (0, 18), (-22, 0), (0, -18))[turn % 4] if beside else (0, 0)
        axes.annotate(
            number,
            (column, row),
            offset,
            textcoords="offset points",
            ha="center",
            va="center",
            weight="bold",
            arrowprops={"arrowstyle": "-"} if beside else None,
            bbox={"facecolor": "white", "alpha": 0.8, "pad": 1, "edgecolor": "none"},
        )
    if close and things.any():
        (high, low), (left, right) = ((at.min() - 30, at.max() + 30) for at in np.nonzero(things))
        axes.set(xlim=np.clip((left, right), 0, things.shape[1]), ylim=np.clip((low, high), 0, things.shape[0]))
    axes.set_title(title)
    axes.set_axis_off()


def _places_of_numbers(things: np.ndarray) -> list[tuple[int, int, int, bool]]:
    """(number, row, column, whether it must stand beside the thing) for things with room, the largest first."""
    from scipy.ndimage import distance_transform_edt

    numbers, pixels = np.unique(things[things > 0], return_counts=True)
    places = []
    for number in numbers[np.argsort(-pixels)][: np.sum(pixels > 5e-4 * things.size)]:
        inside = distance_transform_edt(things == number)  # the number stands where the thing is widest
        row, column = np.unravel_index(inside.argmax(), inside.shape)
        small = bool(inside.max() < 6)
        tall, wide = (5, 5) if small else (14, 18)
        if not any(abs(row - y) < tall and abs(column - x) < wide for _, y, x, _ in places):
            places.append((int(number), int(row), int(column), small))
    return places


def _style() -> Any:
    import matplotlib

    return matplotlib.rc_context(_STYLE)


def _values(values: Any, name: str) -> np.ndarray:
    return checks.numbers(values, name, checks.BOOL + checks.REAL).astype(np.float64, copy=False)


def _picture(image: Any) -> np.ndarray:
    array = checks.picture_array(image, ("RGB", "L", "1"))
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if array.size == 0 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)):
        raise ValueError(f"a picture has shape {array.shape}: it must be (height, width, 3) or (height, width).")
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind != "f":
        raise ValueError(f"a picture has dtype {array.dtype}: it must be uint8, or float from 0 to 1.")
    step = _step(array.shape)
    array = array[::step, ::step]
    return np.clip(np.nan_to_num(array.astype(np.float32)), 0, 1)


def _map(values: Any, name: str) -> np.ndarray:
    array = checks.map_of(values, name, checks.BOOL + checks.REAL)
    # Only what is drawn is converted: whole, a map of 24 megapixels would take 0.2 GB each time it is copied.
    step = _step(array.shape)
    drawn = array[::step, ::step].astype(np.float64)
    if not np.isfinite(drawn).any():
        if np.isfinite(array).any():
            raise ValueError(
                f"{name} is drawn with every {step}th row and column only, and none of those values is finite: make it "
                "smaller before."
            )
        raise ValueError(f"{name} has no finite value: there is nothing to draw.")
    return drawn


def _limits(arrays: Sequence[np.ndarray], limits: tuple[float, float] | None) -> tuple[float, float]:
    if limits is not None:
        return checks.pair(limits, "limits", rising=True)
    low = min(float(array[np.isfinite(array)].min()) for array in arrays)
    high = max(float(array[np.isfinite(array)].max()) for array in arrays)
    if high > low:
        return low, high
    return low - 0.5, low + 0.5  # a constant is drawn in the middle of the colour map


def _row_height(shape: tuple[int, ...], width: float) -> float:
    return min(7.0, max(2.2, width * shape[0] / shape[1] + 1.1))


def _step(shape: tuple[int, ...]) -> int:
    # More pixels than the figure has only cost time: a photograph of 12 megapixels takes seconds to draw.
    return max(1, max(shape[:2]) // 1200)


def _draw_picture(axes: Any, picture: np.ndarray, title: str = "picture") -> None:
    step = _step(picture.shape)
    if step > 1:  # uint8: a picture of floats has been made smaller on the way in
        picture = np.asarray(Image.fromarray(picture).reduce(step))
    axes.imshow(picture, cmap="gray", vmin=0, vmax=255 if picture.dtype == np.uint8 else 1)
    axes.set_title(title)
    axes.set_axis_off()
    axes.set_anchor("N")


def _draw_map(axes: Any, values: np.ndarray, title: str, colormap: str, low: float, high: float) -> Any:
    import matplotlib

    if colormap not in _MAPS:
        raise ValueError(f"colormap is {colormap!r}: choose an even one, {', '.join(_MAPS)}.")
    colours = matplotlib.colormaps[colormap].with_extremes(bad="#9ca3af")
    drawn = axes.imshow(np.ma.masked_invalid(values), cmap=colours, vmin=low, vmax=high)
    axes.set_title(title)
    axes.set_axis_off()
    axes.set_anchor("N")
    return drawn


def _bar(figure: Figure, drawn: Any, axes: Any, label: str) -> None:
    # Below the map and not beside it: a flat picture leaves no height for a label. A pointed end: values lie beyond it.
    drawn_values = [image.get_array() for one in np.atleast_1d(axes) for image in one.images]
    low, high = drawn.get_clim()
    slack = 1e-6 * max(abs(low), abs(high))
    below, above = (
        any(values.min() < low - slack for values in drawn_values),
        any(values.max() > high + slack for values in drawn_values),
    )
    extend = {(False, False): "neither", (True, False): "min", (False, True): "max", (True, True): "both"}
    bar = figure.colorbar(
        drawn, ax=axes, orientation="horizontal", shrink=0.7, aspect=30, pad=0.03, extend=extend[below, above]
    )
    bar.set_label(label)
    bar.locator = MaxNLocator(5)
    bar.update_ticks()


def _clean(axes: Any) -> None:
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _cycle(choices: Sequence[Any], count: int) -> list[Any]:
    return [choices[i % len(choices)] for i in range(count)]
