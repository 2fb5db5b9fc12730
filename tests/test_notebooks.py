"""How every notebook is built. What its cells print is compared by nbval, in the same run of `make test`."""

from __future__ import annotations

import ast
import base64
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from helpers.export import notebook_to_html, outside_resources
from helpers.run import spine

PROJECT = Path(__file__).resolve().parents[1]
PATHS = sorted((PROJECT / "notebooks").glob("*.ipynb"))
NOTEBOOKS = {path.name: nbformat.read(path, as_version=4) for path in PATHS}
KILOBYTE = 1000
WITH_3D_VIEWER = re.compile(r"09_.*")

each_notebook = pytest.mark.parametrize("name", NOTEBOOKS or ["01 to 05: none found"])


def code_cells(name: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in NOTEBOOKS[name].cells if cell.cell_type == "code"]


def markdown(name: str) -> str:
    """All Markdown of a notebook, without fenced code."""
    text = "\n\n".join(cell.source for cell in NOTEBOOKS[name].cells if cell.cell_type == "markdown")
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def tags(cell: nbformat.NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def outputs(name: str) -> list[nbformat.NotebookNode]:
    return [output for cell in code_cells(name) for output in cell.outputs]


def pictures(name: str) -> list[tuple[bytes, str]]:
    """The bytes and the alternative text of each figure, PNG or JPEG."""
    return [
        (base64.b64decode(output.data[kind]), output.metadata.get(kind, {}).get("alt", ""))
        for output in outputs(name)
        for kind in ("image/png", "image/jpeg", "image/gif")
        if kind in output.get("data", {})
    ]


def test_the_whole_course_is_there_and_nothing_else_is_in_the_folder():
    assert [path.name[:2] for path in spine()] == ["01", "02", "03", "04", "05"]
    assert [name[:2] for name in NOTEBOOKS] == [f"{number:02d}" for number in range(1, 14)]
    assert all(re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", name) for name in NOTEBOOKS)
    others = [path.name for path in (PROJECT / "notebooks").iterdir() if path.suffix != ".ipynb"]
    assert set(others) <= {".ipynb_checkpoints"}


@each_notebook
def test_is_valid_and_every_cell_has_its_own_id(name):
    nbformat.validate(NOTEBOOKS[name])
    ids = [cell.get("id") for cell in NOTEBOOKS[name].cells]
    assert all(ids)
    assert len(set(ids)) == len(ids)


@each_notebook
def test_begins_with_its_one_title(name):
    assert NOTEBOOKS[name].cells[0].cell_type == "markdown"
    assert NOTEBOOKS[name].cells[0].source.startswith("# ")
    levels = [len(marks) for marks in re.findall(r"^(#{1,6}) ", markdown(name), flags=re.MULTILINE)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    steps = [deeper - level for level, deeper in zip(levels, levels[1:], strict=False)]
    assert max(steps, default=0) <= 1, "a level of headings is left out"


def test_each_notebook_leads_to_the_one_before_and_the_one_after():
    names = list(NOTEBOOKS)
    for before, after in zip(names, names[1:], strict=False):
        assert f"]({after})" in NOTEBOOKS[before].cells[0].source, f"{before} does not lead to {after}"
        assert f"]({before})" in NOTEBOOKS[after].cells[0].source, f"{after} does not lead back to {before}"
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in names if f"](notebooks/{name})" not in readme]


@each_notebook
def test_has_one_parameters_cell(name):
    parameters = [cell for cell in code_cells(name) if "parameters" in tags(cell)]
    assert len(parameters) == 1
    assert re.search(r"DPT_(IMAGE|CHECKPOINT)|checkpoint|image", parameters[0].source)


@each_notebook
def test_was_executed_in_order(name):
    cells = [cell for cell in code_cells(name) if cell.source.strip()]
    assert len(cells) == len(code_cells(name)), "a code cell is empty"
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert len(cells) > 3


@each_notebook
def test_no_cell_failed_and_none_may(name):
    assert not [output for output in outputs(name) if output.output_type == "error"]
    assert not [cell for cell in code_cells(name) if "raises-exception" in tags(cell)]
    assert not [output for output in outputs(name) if output.get("name") == "stderr"], (
        "warnings are explained or mended"
    )


@each_notebook
def test_pictures_say_in_words_what_they_show(name):
    for _, alt in pictures(name):
        assert len(alt) >= 20, f"a figure has the alternative text {alt!r}"
        assert not alt.startswith("<Figure")
    alts = [alt for _, alt in pictures(name)]
    assert len(set(alts)) == len(alts), "two figures have the same alternative text"


@each_notebook
def test_is_small_enough_to_keep(name):
    for picture, _ in pictures(name):
        assert len(picture) < 150 * KILOBYTE
    limit = 2000 if WITH_3D_VIEWER.fullmatch(name) else 1000
    assert (PROJECT / "notebooks" / name).stat().st_size < limit * KILOBYTE


@each_notebook
def test_names_no_place_on_the_authors_machine(name):
    texts = [cell.source for cell in NOTEBOOKS[name].cells]
    for output in outputs(name):
        texts.append(output.get("text", ""))
        texts += [str(value) for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
    for text in texts:
        assert str(PROJECT) not in text
        assert str(Path.home()) + "/" not in text
        found = re.search(r"(?<![\w./])/(home|root|Users|tmp|work|var|opt|mnt)/\w+|\b[A-Z]:\\\\", text)
        assert found is None, f"the path {found.group()}... is one machine's own"


@each_notebook
def test_carries_no_marks_of_the_clock_or_of_tools(name):
    notebook = NOTEBOOKS[name]
    assert set(notebook.metadata) <= {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.name == "python3"
    assert "version" not in notebook.metadata.language_info
    for cell in notebook.cells:
        assert set(cell.metadata) <= {"tags", "jupyter", "editable", "deletable", "slideshow"}


@each_notebook
def test_solutions_are_folded_and_call_the_check_of_their_exercise(name):
    cells = code_cells(name)
    called = [set(re.findall(r"\bcheck_\w+(?=\()", cell.source)) for cell in cells]
    for number, cell in enumerate(cells):
        if "solution" in tags(cell):
            assert called[number], "a solution that is not checked"
            asked = set().union(
                *(calls for other, calls in zip(cells, called, strict=True) if "solution" not in tags(other))
            )
            assert called[number] <= asked, "a solution to an exercise that is not there"
            assert cell.metadata.get("jupyter", {}).get("source_hidden"), "a solution that is not folded"


@each_notebook
def test_links_lead_somewhere_and_pictures_are_not_from_outside(name):
    found = re.findall(r"(!?)\[[^\]]*\]\(<?([^)\s>]+)>?[^)]*\)", markdown(name))
    found += [("!", address) for address in re.findall(r"<img[^>]+src=[\"']([^\"']+)", markdown(name))]
    for mark, address in found:
        outside = re.match(r"[a-z][a-z0-9+.-]*:", address)
        if mark:
            assert not outside or address.startswith(("data:", "attachment:")), f"{address} is a picture from outside"
        if not outside and not address.startswith("#"):
            target = (PROJECT / "notebooks" / address.partition("#")[0]).resolve()
            assert target.is_relative_to(PROJECT), f"{address} leads out of the project"
            assert target.exists(), f"{address} leads nowhere"


@each_notebook
def test_as_a_page_it_needs_no_network_and_shows_its_formulas(name):
    page = notebook_to_html(NOTEBOOKS[name], folder=PROJECT / "notebooks", pages=NOTEBOOKS)
    assert outside_resources(page) == []
    assert page.count("<math") >= len(re.findall(r"\$\$.+?\$\$", re.sub(r"`[^`]*`", "", markdown(name)), re.DOTALL))
    images = re.findall(r"<img\b[^>]*>", page)
    assert len(images) >= len(pictures(name))
    assert not [image[:80] for image in images if not re.search(r"\salt=(\"[^\"]+\"|'[^']+')", image)]


def test_ruff_has_nothing_to_say():
    assert PATHS, "no notebook to look at"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", str(PROJECT / "notebooks")]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


HELPERS = {
    ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((PROJECT / "helpers").rglob("*.py"))
}


def imported(module: str) -> set[str]:
    """What a module of helpers imports anywhere in it, as dotted names; of `from a import b` both a and a.b."""
    path, names = HELPERS[module], set()
    package = module if path.stem == "__init__" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
            origin = ".".join([*above, *([node.module] if node.module else [])])
            names |= {origin, *(f"{origin}.{alias.name}" for alias in node.names)}
    return names


def test_arrows_go_from_notebooks_to_helpers_to_libraries():
    """No helper imports notebooks or tests; measuring, rendering and drawing need no network, and none of its tools."""
    assert len(HELPERS) > 30 and "helpers.steps" in imported("helpers.training")
    light = re.compile(r"helpers\.(metrics|plots|scenes(\.(?!raycast_cuda$).*)?)")
    assert len([module for module in HELPERS if light.fullmatch(module)]) > 10
    for module in HELPERS:
        found = {name for name in imported(module) if name.split(".")[0] in {"tests", "notebooks"}}
        if light.fullmatch(module):
            heavy = r"(torch|transformers|helpers\.(checkpoints|depth))(\..*)?"
            found |= {name for name in imported(module) if re.fullmatch(heavy, name)}
        assert not found, f"{module} imports {', '.join(sorted(found))}"
