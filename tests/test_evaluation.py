"""Cases, figures and reports of helpers.evaluation."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from PIL import Image

from helpers import evaluation, load_image, metrics
from helpers.evaluation import Case, EvaluationError, bootstrap_interval, boundary_scores, measure, real_cases


def slope_and_box(height=30, width=40):
    """Depth of a slope with a box before it, metres."""
    depth = 2.0 + 4 * (1 - np.mgrid[0:height, 0:width][0] / height)
    depth[8:20, 10:25] = 1.0
    return depth


def a_case(name="room-1", kind="room", depth=None):
    depth = slope_and_box() if depth is None else depth
    image = np.zeros((*depth.shape, 3), np.uint8)
    return Case(name, kind, image, 1.0 / depth, True, 10.0)


def save_real(folder, name="desk", values=None, notes=None, ending=".png"):
    values = slope_and_box() if values is None else values
    Image.fromarray(np.full((30, 40, 3), 90, np.uint8)).save(folder / f"{name}{ending}")
    np.save(folder / f"{name}.npy", values.astype(np.float32))
    if notes is not None:
        (folder / f"{name}.json").write_text(json.dumps(notes))


def test_a_perfect_prediction_measures_perfect():
    case = a_case()
    result = measure(case, (3 * case.inverse + 0.2).astype(np.float32))
    assert result["scale"] == pytest.approx(1 / 3, rel=1e-4)
    assert result["bad_delta125"] == 0 and result["delta1"] == 1 and result["abs_rel"] < 1e-5
    assert result["spearman"] == pytest.approx(1, abs=1e-6)
    assert result["boundary_f1"] > 0.98  # rounding decides pairs that lie on a threshold


def test_a_mirrored_prediction_shows_in_the_sign():
    case = a_case()
    result = measure(case, (1 - case.inverse).astype(np.float32))
    assert result["scale"] < 0 and result["spearman"] == pytest.approx(-1, abs=1e-6)
    assert result["bad_delta125"] == 0  # the fit forgives it: this is why the sign is reported


def test_baselines_are_those_of_metrics():
    case = a_case()
    result = evaluation.measure_baselines(case)
    _, expected = metrics.better_baseline(case.depth, cap=10.0)
    assert result["baseline_bad_delta125"] == expected["bad_delta125"]
    ramp = metrics.row_ramp(case.inverse.shape)
    assert result["ramp_spearman"] == metrics.spearman(ramp, case.inverse)
    unknown = Case("x", "real", case.image, case.inverse, False, 10.0)
    assert set(evaluation.measure_baselines(unknown)) == {"ramp_spearman"}
    assert set(measure(unknown, case.inverse)) == {"scale", "spearman"}


def by_hand(depth, truth, threshold):
    """Borders counted pair by pair."""
    hits = found = real = 0
    height, width = truth.shape
    for row in range(height):
        for column in range(width):
            for other in ((row + 1, column), (row, column + 1)):
                if other[0] >= height or other[1] >= width:
                    continue
                pairs = [(values[row, column], values[other]) for values in (truth, depth)]
                if not np.isfinite(pairs[0]).all():
                    continue
                t, d = (0 if max(a, b) / min(a, b) <= threshold else (1 if a > b else -1) for a, b in pairs)
                real, found, hits = real + (t != 0), found + (d != 0), hits + (t != 0 and t == d)
    precision, recall = hits / max(1, found), hits / real
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def test_boundaries_agree_with_counting_by_hand():
    rng = np.random.default_rng(0)
    truth, depth = rng.uniform(1, 1.6, (2, 9, 11))
    depth = 0.7 * truth + 0.3 * depth
    truth[2, 3] = np.nan
    for threshold in (1.05, 1.2):
        scores = boundary_scores(depth, truth, [threshold])
        assert tuple(scores.values()) == pytest.approx(by_hand(depth, truth, threshold))
    both = boundary_scores(depth, truth, [1.05, 1.2])["boundary_f1"]
    singles = [by_hand(depth, truth, threshold)[2] for threshold in (1.05, 1.2)]
    assert both == pytest.approx((1.05 * singles[0] + 1.2 * singles[1]) / 2.25)


def test_boundaries_of_a_blurred_or_flat_prediction_are_worse():
    truth = slope_and_box()
    blurred = np.asarray(Image.fromarray(truth.astype(np.float32)).resize((10, 8)).resize((40, 30)), np.float64)
    assert boundary_scores(blurred, truth)["boundary_f1"] < 0.5
    assert boundary_scores(np.ones_like(truth), truth)["boundary_f1"] == 0
    assert boundary_scores(truth, np.ones_like(truth))["boundary_f1"] == 0  # borders where the truth has none
    assert np.isnan(boundary_scores(np.ones_like(truth), np.ones_like(truth))["boundary_f1"])


def test_interval_holds_the_mean_and_narrows():
    rng = np.random.default_rng(0)
    few, many = rng.normal(5, 1, 20), rng.normal(5, 1, 2000)
    low, high = bootstrap_interval(few)
    assert low < few.mean() < high
    narrow = bootstrap_interval(many)
    assert narrow[1] - narrow[0] == pytest.approx(2 * 1.96 / 2000**0.5, rel=0.15)
    assert np.isnan(bootstrap_interval([np.nan])).all()
    assert bootstrap_interval([1.0, np.nan, 1.0]) == (1.0, 1.0)


def test_real_pictures_are_read(tmp_path):
    depth = slope_and_box()
    depth[0, :5], depth[1, :5] = np.nan, np.inf
    save_real(tmp_path, "desk", depth, {"cap": 10})
    save_real(tmp_path, "wall", 1 / slope_and_box() + 3, {"kind": "inverse"}, ending=".jpg")
    desk, wall = real_cases(tmp_path)
    assert desk.metric and desk.cap == 10 and np.isnan(desk.inverse[:2, :5]).all()
    np.testing.assert_allclose(desk.depth[2:], depth[2:], rtol=1e-6)
    assert not wall.metric and wall.inverse.min() > 3


def test_real_pictures_are_seen_as_the_course_sees_them(tmp_path):
    save_real(tmp_path, "deep")
    height, width = np.load(tmp_path / "deep.npy").shape
    grey = np.linspace(0, 65535, height * width).reshape(height, width).astype(np.uint16)
    Image.fromarray(grey).save(tmp_path / "deep.png")
    (case,) = real_cases(tmp_path)
    np.testing.assert_array_equal(case.image, np.asarray(load_image(tmp_path / "deep.png")))
    assert 100 < case.image.mean() < 155


def test_a_folder_that_cannot_be_evaluated_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match=r"holds no NAME\.npy"):
        list(real_cases(tmp_path))
    save_real(tmp_path, values=np.ones((5, 5)))
    with pytest.raises(EvaluationError, match="must agree"):
        list(real_cases(tmp_path))
    (tmp_path / "desk.png").unlink()
    with pytest.raises(EvaluationError, match="no picture beside it"):
        list(real_cases(tmp_path))


def test_rendered_cases_are_held_out_and_capped():
    cases = list(evaluation.rendered_cases(4, size=32))
    assert {case.kind for case in cases} <= set(evaluation.CAPS) and cases
    again = list(evaluation.rendered_cases(4, size=32))
    for case, same in zip(cases, again, strict=True):
        assert np.array_equal(case.image, same.image)
        assert np.nanmax(case.depth) <= case.cap * (1 + 1e-6) and case.metric
    for first, count in ((9999, 2), (0, 0), (-1, 2), (1_000_000, 1)):
        with pytest.raises(EvaluationError, match="held out"):
            list(evaluation.rendered_cases(count, first=first))


def results():
    rows = []
    for number, kind in enumerate(("room", "street", "room", "real")):
        case = a_case(f"{kind}-{number}", kind, slope_and_box() + number)
        prediction = case.inverse + 0.02 * number * np.random.default_rng(number).normal(size=case.inverse.shape)
        rows.append((case, prediction, measure(case, prediction) | evaluation.measure_baselines(case)))
    return rows


def test_summary_is_by_kind():
    rows = results()
    summarised = evaluation.summary(rows)
    assert list(summarised) == ["rendered", "real", "room", "street"]
    assert [group["pictures"] for group in summarised.values()] == [3, 1, 2, 1]
    rooms = [result["abs_rel"] for case, _, result in rows if case.kind == "room"]
    assert summarised["room"]["abs_rel"]["mean"] == pytest.approx(np.mean(rooms))
    assert summarised["rendered"]["positive_scale"] == 1
    table = evaluation.markdown_table(summarised)
    assert len(table.splitlines()) == 6 and "| street | 1 | 1 of 1 |" in table


def test_report_is_written(tmp_path):
    paths = evaluation.write_report(results(), tmp_path / "report", {"checkpoint": "small"})
    assert {path.name for path in paths} == {
        "results.json", "results.md", "best.jpg", "median.jpg", "worst.jpg", "real.jpg",
    }  # fmt: skip
    document = json.loads((tmp_path / "report" / "results.json").read_text())
    assert document["about"] == {"checkpoint": "small"} and len(document["cases"]) == 4
    with Image.open(tmp_path / "report" / "real.jpg") as sheet:
        assert sheet.width > 400 and sheet.height > 100


def test_evaluate_runs_a_predictor(tmp_path):
    save_real(tmp_path, notes={"cap": 10})
    rows = evaluation.evaluate(
        lambda image: metrics.row_ramp((image.height, image.width)), 2, real=tmp_path, size=32, progress=False
    )
    assert rows[-1][0].kind == "real"
    for _, _, result in rows:
        assert result["spearman"] == pytest.approx(result["ramp_spearman"])
    with pytest.raises(EvaluationError, match="nothing to evaluate"):
        evaluation.evaluate(lambda image: None, 0, progress=False)


def test_command_line_names_a_wrong_folder(tmp_path, capsys):
    from small_dpt import add_manifest, save

    folder = add_manifest(save(tmp_path / "dpt"))
    empty = tmp_path / "empty"
    empty.mkdir()
    arguments = ["--scenes", "1", "--size", "32", "--checkpoint", str(folder), "--out", str(tmp_path / "out")]
    assert evaluation.main([*arguments, "--real", str(empty)]) == 1
    assert "EvaluationError" in capsys.readouterr().err
    assert evaluation.main(arguments) == 0
    assert "results.json" in capsys.readouterr().out


def test_borders_at_thresholds_at_which_the_truth_has_none_cost_something():
    truth, depth = np.ones((20, 20)), np.ones((20, 20))
    truth[:, 10:], depth[:, 10:] = 1.06, 1.5  # the truth's step is above the first threshold only
    thresholds = np.linspace(1.05, 1.25, 10)
    assert boundary_scores(depth, truth)["boundary_f1"] == pytest.approx(thresholds[0] / thresholds.sum())


@pytest.mark.parametrize(
    ("notes", "truth", "said"),
    [
        ("[]", 1.0, "JSON object"),
        ("{", 1.0, "JSON object"),
        ('{"kind": "inverse_depth"}', 1.0, "JSON object"),
        ('{"cap": 0}', 1.0, "JSON object"),
        ('{"cap": "ten"}', 1.0, "JSON object"),
        ("{}", math.nan, "nothing can be fitted"),
        ("{}", 1.0, "nothing can be fitted"),
    ],
)
def test_a_bad_real_picture_is_named_before_anything_is_measured(tmp_path, notes, truth, said):
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "a.png")
    np.save(tmp_path / "a.npy", np.full((8, 8), truth))
    (tmp_path / "a.json").write_text(notes)
    with pytest.raises(evaluation.EvaluationError, match=said) as error:
        list(evaluation.real_cases(tmp_path))
    assert str(tmp_path / "a") in str(error.value)


def test_infinity_in_an_inverse_truth_does_not_count(tmp_path):
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "a.png")
    values = np.random.default_rng(0).random((8, 8))
    values[0, 0] = np.inf
    np.save(tmp_path / "a.npy", values)
    (tmp_path / "a.json").write_text('{"kind": "inverse"}')
    (case,) = evaluation.real_cases(tmp_path)
    assert np.isnan(case.inverse[0, 0]) and np.isfinite(case.inverse).sum() == 63


def test_files_that_cannot_be_read_are_named(tmp_path):
    Image.new("RGB", (8, 6), "grey").save(tmp_path / "a.png")
    np.save(tmp_path / "a.npy", np.linspace(1, 2, 48, dtype=np.float32).reshape(6, 8))
    whole = {name: (tmp_path / name).read_bytes() for name in ("a.png", "a.npy")}
    assert len(list(real_cases(tmp_path))) == 1
    for name, data in whole.items():
        for damaged in (b"", data[: len(data) // 2], b"PK\x03\x04" + bytes(60)):
            (tmp_path / name).write_bytes(damaged)
            with pytest.raises(EvaluationError, match=rf"{name} cannot be read"):
                list(real_cases(tmp_path))
        (tmp_path / name).write_bytes(data)


def test_a_report_that_cannot_be_written_is_refused_at_once(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert evaluation.main(["--scenes", "500", "--out", str(tmp_path / "file" / "report")]) == 1
    assert "Error" in capsys.readouterr().err
