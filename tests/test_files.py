"""The folder that everything written goes into."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers import files


@pytest.fixture
def project(monkeypatch, tmp_path):
    """A project folder of its own, so that a test makes no out/ in the real one."""
    (tmp_path / "project" / "helpers").mkdir(parents=True)
    monkeypatch.setattr(files, "__file__", str(tmp_path / "project" / "helpers" / "files.py"))
    return tmp_path / "project"


def test_output_goes_where_it_is_told_and_the_folder_is_made(monkeypatch, tmp_path):
    folder = tmp_path / "not" / "there yet"
    monkeypatch.setenv("DPT_OUT", str(folder))
    assert files.output_folder() == folder and folder.is_dir()
    (folder / "kept.txt").write_text("kept")
    assert files.output_folder() == folder and (folder / "kept.txt").read_text() == "kept"


@pytest.mark.parametrize("value", [None, ""])
def test_output_goes_into_the_project_where_nothing_is_told(monkeypatch, project, value):
    monkeypatch.setenv("DPT_OUT", "")
    if value is None:
        monkeypatch.delenv("DPT_OUT")
    assert files.output_folder() == project / "out" and (project / "out").is_dir()


def test_the_projects_own_folder_lies_beside_the_notebooks():
    root = Path(files.__file__).parent.parent
    assert (root / "notebooks").is_dir() and (root / "pyproject.toml").is_file()


def test_a_tilde_is_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("DPT_OUT", "~/depth maps")
    assert files.output_folder() == tmp_path / "depth maps" and (tmp_path / "depth maps").is_dir()


def test_a_file_in_the_way_is_an_error(monkeypatch, tmp_path):
    (tmp_path / "out").write_text("a file")
    monkeypatch.setenv("DPT_OUT", str(tmp_path / "out"))
    with pytest.raises(FileExistsError):
        files.output_folder()
    assert (tmp_path / "out").read_text() == "a file"
