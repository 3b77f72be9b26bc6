"""One list of dependencies: project file, locks and conda environment say the same."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKED = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+))?"
)


def requirements(lines) -> dict[str, Requirement]:
    return {canonicalize_name(Requirement(line).name): Requirement(line) for line in lines}


def needed(kind: str) -> dict[str, Requirement]:
    """Return what a lock must hold: what runs and builds, and for dev the tools as well."""
    lines = [*PROJECT["project"]["dependencies"], *PROJECT["build-system"]["requires"]]
    if kind == "dev":
        lines += [
            line
            for extra in ("dask", "notebooks", "postgis", "test", "dev")
            for line in EXTRAS[extra]
        ]
    return {name: each for name, each in requirements(lines).items() if name != "siting"}


def lock_text(kind: str) -> str:
    name = {"run": "requirements.lock", "dev": "requirements-dev.lock"}[kind]
    return (ROOT / name).read_text(encoding="utf-8")


def locked(kind: str) -> dict[str, list[re.Match[str]]]:
    found: dict[str, list[re.Match[str]]] = {}
    for line in lock_text(kind).splitlines():
        if match := LOCKED.match(line):
            found.setdefault(match["name"], []).append(match)
    return found


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_the_lock_covers_every_dependency_within_its_pin(kind):
    entries = locked(kind)
    for name, requirement in needed(kind).items():
        assert name in entries, f"{name} is not locked; run scripts/lock.py"
        for match in entries[name]:
            assert requirement.specifier.contains(match["version"]), f"{name}: {match['version']}"


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_every_locked_package_has_a_hash(kind):
    for block in re.split(r"\n(?=[a-z0-9])", lock_text(kind))[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), block.splitlines()[0]


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_the_lock_names_no_host_and_no_folder(kind):
    text = lock_text(kind)
    assert "://" not in text
    assert not re.search(r"--(extra-)?index|find-links|trusted-host", text)
    assert not re.search(r"(^|\s)(/|[A-Za-z]:\\)\S", text)


def test_the_test_lock_holds_everything_that_runs():
    run, dev = locked("run"), locked("dev")
    for name, matches in run.items():
        assert [m.groups() for m in matches] == [m.groups() for m in dev[name]], name


def conda_requirements() -> tuple[dict[str, Requirement], list[str]]:
    """Return conda's entries as requirements, and the options given to its pip."""
    entries = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    plain = [
        re.sub(r"(?<![<>=!~])=(?!=)", "==", entry) for entry in entries if isinstance(entry, str)
    ]
    with_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    options = [line for line in with_pip if line.startswith("--")]
    return requirements([*plain, *(line for line in with_pip if line not in options)]), options


def test_conda_has_the_same_names_and_pins():
    conda, options = conda_requirements()
    python, pip = conda.pop("python"), conda.pop("pip")
    extras = [line for name in ("dask", "notebooks", "postgis", "test") for line in EXTRAS[name]]
    project = requirements([*PROJECT["project"]["dependencies"], *extras])
    project.pop("siting")
    assert {n: str(r.specifier) for n, r in conda.items()} == {
        n: str(r.specifier) for n, r in project.items()
    }
    assert str(python.specifier) == PROJECT["project"]["requires-python"]
    assert not pip.specifier
    assert options == ["--no-deps --editable ."]


def imported_packages() -> set[str]:
    """Return the distributions that the package imports anywhere."""
    modules = set()
    for file in (ROOT / "siting").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                modules.add(node.module.split(".")[0])
    foreign = modules - set(sys.stdlib_module_names) - {"siting", "xstatic"}
    homes = packages_distributions()
    return {canonicalize_name(homes[module][0]) for module in foreign}


def test_what_is_imported_is_declared():
    declared = requirements([*PROJECT["project"]["dependencies"], *EXTRAS["postgis"]])
    assert imported_packages() <= set(declared)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """Build the wheel and unpack it where the checkout is out of sight."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "--wheel-dir", str(folder), str(ROOT)], check=True, cwd=folder)
    (wheel,) = folder.glob("siting-*.whl")
    site = folder / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def test_the_wheel_carries_the_city_and_its_scenarios(installed):
    for file in sorted((ROOT / "layers").iterdir()):
        copy = installed / "siting" / "embedded" / "layers" / file.name
        assert copy.read_bytes() == file.read_bytes()
    for pattern in ("scenarios/*.toml", "rules/*.toml", "maps/assets/*"):
        for file in (ROOT / "siting").glob(pattern):
            assert (installed / file.relative_to(ROOT)).read_bytes() == file.read_bytes()


def test_the_installed_package_finds_its_own_city(installed, tmp_path):
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r}); import siting; "
        "print(siting.embedded_directory()); print(siting.load_scenario('quanzhou').study.name)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    folder, name = done.stdout.split()
    assert Path(folder) == installed / "siting" / "embedded" / "layers"
    assert name == "quanzhou"
