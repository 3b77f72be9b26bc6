"""Notebooks are stories that run: text and .ipynb in step, no outputs kept, executed here."""

import os
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
STORIES = sorted((ROOT / "notebooks").glob("*.py"))
TINY = {
    "01_from_layers_to_plan": """
layers_directory = {town!r}
overrides = ["network.stations=60", "edge.p=2", "edge.racks_total=20"]
max_stations = 20
page = "index.html"
""",
    "02_a_link_and_its_profile": """
height_m = 30.0
picture = "link.svg"
""",
}
WRITES = {
    "01_from_layers_to_plan": ("index.html", 100_000),
    "02_a_link_and_its_profile": ("link.svg", 50_000),
}


def named(story: Path) -> str:
    return story.stem


@pytest.mark.parametrize("story", STORIES, ids=named)
def test_text_and_notebook_are_in_step(story):
    text = jupytext.read(story)
    notebook = nbformat.read(story.with_suffix(".ipynb"), as_version=4)
    advice = "run: jupytext --update --to ipynb notebooks/NAME.py"
    assert [(c.cell_type, c.source) for c in notebook.cells] == [
        (c.cell_type, c.source) for c in text.cells
    ], advice


@pytest.mark.parametrize("story", STORIES, ids=named)
def test_notebooks_keep_step_without_outputs(story):
    notebook = nbformat.read(story.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert not any(cell.outputs or cell.execution_count for cell in code)


@pytest.mark.parametrize("story", STORIES, ids=named)
def test_every_notebook_runs_on_the_tiny_town(story, tiny_town, tmp_path, monkeypatch):
    notebook = nbformat.read(story.with_suffix(".ipynb"), as_version=4)
    tagged = [cell.metadata.get("tags") == ["parameters"] for cell in notebook.cells]
    setting = nbformat.v4.new_code_cell(TINY[story.stem].format(town=str(tiny_town)))
    notebook.cells.insert(tagged.index(True) + 1, setting)

    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    client = NotebookClient(notebook, timeout=300, kernel_name="python3")
    client.execute(cwd=str(tmp_path))
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    name, least_bytes = WRITES[story.stem]
    assert (tmp_path / name).stat().st_size > least_bytes
