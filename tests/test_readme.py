"""What the README says is true: its example runs, its links lead somewhere, its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


def test_the_example_has_seven_lines_and_makes_the_page(tmp_path, monkeypatch, tiny_town):
    (code,) = EXAMPLE
    steps = [line for line in code.splitlines() if line and not line.startswith("import")]
    assert len(steps) == 7
    scenario = ROOT / "tests" / "data" / "tiny_town.toml"
    here = code.replace('"quanzhou"', f'r"{scenario}"')
    here = here.replace("siting.embedded_directory()", f'r"{tiny_town}"')
    monkeypatch.chdir(tmp_path)
    exec(compile(here, "README.md", "exec"), {})  # our own text
    assert (tmp_path / "outputs" / "maps" / "index.html").stat().st_size > 100_000


def test_every_link_leads_to_a_file_of_the_repository():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
        if not target.startswith(("http", "mailto")) and not (page.parent / target).exists()
    ]
    assert not broken


def test_the_readme_stays_short():
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize("command", ["new", "plan", "compare", "layers check"])
def test_every_command_that_the_readme_shows_exists(command):
    words = [sys.executable, "-m", "siting", *command.split(), "--help"]
    done = subprocess.run(words, capture_output=True, check=False, cwd=ROOT)
    assert done.returncode == 0
    assert f"siting {command}" in README
