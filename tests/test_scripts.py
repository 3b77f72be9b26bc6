"""One verb each, short, and the first of them works on a bare computer."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
VERBS = ["check_layers", "recommend_sites", "build_one_map", "compare_scenarios"]
BARE = ["start", "_environment"]  # run before anything is installed

sys.path.insert(0, str(SCRIPTS))
import _environment as environment  # noqa: E402
import start  # noqa: E402


def run(name: str, *arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPTS / f"{name}.py"), *arguments]
    where = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    return subprocess.run(
        command, capture_output=True, check=False, cwd=cwd, env=where, encoding="utf-8"
    )


@pytest.mark.parametrize("name", [*VERBS, "start"])
def test_every_script_tells_what_it_does(name):
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    first_line = ast.get_docstring(ast.parse((SCRIPTS / f"{name}.py").read_text("utf-8")))
    assert " ".join(first_line.splitlines()[0].split()) in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", [*VERBS, "start", "lock"])
def test_scripts_are_short_and_open_with_inputs_and_outputs(name):
    text = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    header = ast.get_docstring(ast.parse(text))
    assert "Inputs:" in header
    assert "Outputs:" in header


@pytest.mark.parametrize("name", BARE)
def test_the_start_script_needs_the_standard_library_only(name):
    tree = ast.parse((SCRIPTS / f"{name}.py").read_text(encoding="utf-8"))
    names = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    names |= {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert {name.split(".")[0] for name in names} <= set(sys.stdlib_module_names) | {"_environment"}


def test_the_embedded_layers_are_found_without_problem():
    done = run("check_layers")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith(" 0 problems")


def test_a_missing_folder_is_told_in_one_line(tmp_path):
    done = run("check_layers", str(tmp_path / "nowhere"))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert "nowhere" in done.stderr


def test_two_plans_are_compared_figure_by_figure(tmp_path):
    for name, stations in (("a", 10), ("b", 12)):
        (tmp_path / name).mkdir()
        figures = {"schema": "siting-plan/1", "phases": [{"name": "2024", "stations": stations}]}
        (tmp_path / name / "plan.json").write_text(json.dumps(figures), encoding="utf-8")
    done = run("compare_scenarios", str(tmp_path / "a"), str(tmp_path / "b" / "plan.json"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["phases.2024.stations:", "10", "->", "12"]

    done = run("compare_scenarios", str(tmp_path / "a"), str(tmp_path / "nowhere"))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


# ------------------------------------------------------------------ scripts/start.py
@pytest.fixture
def project(tmp_path):
    """Make the two files that an environment is made from, and an empty environment."""
    (tmp_path / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    (tmp_path / "requirements-dev.lock").write_text("a==1\nb==2\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    python = environment.program("python", venv=tmp_path / ".venv")
    python.parent.mkdir(parents=True)
    python.touch()
    return tmp_path


def test_programs_are_found_on_windows_and_elsewhere():
    venv = Path("x")
    assert environment.program("siting", venv=venv, windows=True) == venv / "Scripts" / "siting.exe"
    assert environment.program("siting", venv=venv, windows=False) == venv / "bin" / "siting"


def test_the_stamp_follows_the_lock_the_project_and_the_folder(project, tmp_path_factory):
    before = environment.stamp("run", root=project)
    assert environment.stamp("run", root=project) == before
    assert environment.stamp("dev", root=project) != before

    (project / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    after = environment.stamp("run", root=project)
    assert after != before
    (project / "requirements.lock").write_text("a==2\n", encoding="utf-8")
    assert environment.stamp("run", root=project) != after


def test_the_stamp_does_not_depend_on_line_ends(project):
    before = environment.stamp("run", root=project)
    (project / "requirements.lock").write_bytes(b"a==1\r\n")
    assert environment.stamp("run", root=project) == before


@pytest.fixture
def pip(monkeypatch):
    """Record what would be installed instead of installing it."""
    calls = []
    monkeypatch.setattr(environment, "_make", lambda venv: calls.append("venv"))
    monkeypatch.setattr(environment, "_pip", lambda venv, *words: calls.append(words[1]))
    return calls


def test_a_ready_environment_is_left_alone(project, pip):
    venv = project / ".venv"
    environment.prepare("run", root=project, venv=venv)
    assert pip == ["venv", "--requirement", "--no-deps"]
    environment.prepare("run", root=project, venv=venv)
    assert len(pip) == 3
    environment.prepare("dev", root=project, venv=venv)
    assert len(pip) == 6


def test_an_environment_for_tests_also_plans(project, pip):
    environment.prepare("dev", root=project, venv=project / ".venv")
    assert environment.is_ready("run", root=project, venv=project / ".venv")


def test_a_changed_lock_refreshes_the_environment(project, pip):
    environment.prepare("run", root=project, venv=project / ".venv")
    (project / "requirements.lock").write_text("a==2\n", encoding="utf-8")
    assert not environment.is_ready("run", root=project, venv=project / ".venv")


def test_an_interrupted_installation_is_not_taken_for_ready(project, monkeypatch):
    def interrupted(venv, *words):
        raise KeyboardInterrupt

    venv = project / ".venv"
    monkeypatch.setattr(environment, "_make", lambda venv: None)
    monkeypatch.setattr(environment, "_pip", lambda venv, *words: None)
    environment.prepare("run", root=project, venv=venv)
    (project / "requirements.lock").write_text("a==2\n", encoding="utf-8")
    monkeypatch.setattr(environment, "_pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.prepare("run", root=project, venv=venv)
    (project / "requirements.lock").write_text("a==1\n", encoding="utf-8")
    assert not environment.is_ready("run", root=project, venv=venv)


def test_a_failing_pip_says_what_to_do_and_exits_2(project, monkeypatch, capsys):
    command = [sys.executable, "-c", "print('no route to the index'); raise SystemExit(1)"]
    real = environment._run
    monkeypatch.setattr(environment, "_make", lambda venv: None)
    monkeypatch.setattr(environment, "_run", lambda _: real(command))
    ready_for = {"root": project, "venv": project / ".venv"}
    monkeypatch.setattr(start, "prepare", lambda kind: environment.prepare(kind, **ready_for))
    assert start.main(["plan"]) == 2
    said = capsys.readouterr().err
    assert "no route to the index" in said
    assert "pip config set global.index-url" in said
    assert "Traceback" not in said


@pytest.fixture
def opened(monkeypatch, tmp_path):
    """Pretend that a plan was made in tmp_path; record the commands and the pages opened."""
    page = tmp_path / "maps" / "index.html"
    page.parent.mkdir()
    page.touch()
    seen = {"commands": [], "pages": [], "code": 0, "outputs": str(tmp_path)}
    monkeypatch.setattr(start, "prepare", lambda kind: None)
    monkeypatch.setattr(start, "call", lambda *c, **_: seen["commands"].append(c) or seen["code"])
    monkeypatch.setattr(start.webbrowser, "open", seen["pages"].append)
    monkeypatch.delenv("CI", raising=False)
    return seen


def test_the_homepage_opens_after_a_plan(opened):
    assert start.main(["plan", "--outputs", opened["outputs"]]) == 0
    (page,) = opened["pages"]
    assert page.startswith("file:")
    assert page.endswith("maps/index.html")


def test_no_open_keeps_the_browser_shut_and_is_not_passed_on(opened, capsys):
    start.main(["plan", "--no-open", f"--outputs={opened['outputs']}", "--seed", "3"])
    assert opened["pages"] == []
    assert opened["commands"][0][1:] == ("plan", f"--outputs={opened['outputs']}", "--seed", "3")
    assert "index.html" in capsys.readouterr().err


def test_ci_keeps_the_browser_shut(opened, monkeypatch):
    monkeypatch.setenv("CI", "true")
    start.main(["plan", "--outputs", opened["outputs"]])
    assert opened["pages"] == []


def test_exit_codes_are_passed_on(opened):
    opened["code"] = 3
    assert start.main(["plan", "--outputs", opened["outputs"]]) == 3
    assert start.main(["test"]) == 3
    assert opened["pages"] == []


def test_without_a_folder_the_outputs_lie_in_the_checkout(opened):
    opened["code"] = 1
    start.main(["plan", "my.toml"])
    assert opened["commands"][0][1:] == ("plan", "my.toml", "--outputs", str(ROOT / "outputs"))


def test_an_unknown_word_is_a_usage_error(capsys):
    assert start.main(["plam"]) == 2
    assert "start.py plan" in capsys.readouterr().err
