"""Imports only go down: the house stands as its plan says."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "siting"
FILES = sorted(PACKAGE.rglob("*.py"))

BELOW_PLAN = {"errors", "layers", "targets", "demand", "network", "candidates", "rules", "coverage"}
BELOW_STUDY = BELOW_PLAN | {"optimise", "plan"}

# room: the rooms it may import. A new room gets a line here, on the lowest floor that serves it.
MAY_IMPORT = {
    # 0
    "errors": set(),
    "disk": {"errors"},
    # 1: what the inputs are
    "layers": {"errors", "disk", "targets"},
    "targets": {"errors"},
    # 2: where people are, what stands, what could stand, what may stand
    "demand": {"errors", "layers"},
    "network": {"errors", "layers", "demand"},
    "candidates": {"errors", "layers", "demand"},
    "rules": {"errors", "layers"},
    # 3 and 4: the science, in numbers and arrays; what counts as served
    "coverage": {"errors"},
    "optimise": {"errors", "disk"},
    "levels": {"errors", "coverage"},
    # 5
    "plan": {"errors", "layers", "targets", "rules", "coverage", "levels"},
    # 6: ways to read a plan
    "maps": {"errors", "disk", "layers", "targets", "plan"},
    "exports": {"errors", "disk", "layers", "targets", "plan"},
    # 7: who knows the order of things
    "scenario": {"errors"},
    "phases": {"errors", "optimise", "levels"},
    "picture": {"coverage", "layers", "levels", "plan"},
    "assumptions": BELOW_STUDY | {"scenario", "levels", "phases", "edge"},
    "edge": BELOW_STUDY,
    "study": BELOW_STUDY | {"scenario", "levels", "phases", "assumptions", "edge", "picture"},
    "workspace": {"errors", "layers", "scenario"},
    "verify": {"errors", "disk", "layers", "optimise", "scenario", "study"},
    "links": {"errors", "coverage", "maps"},
    "coverage_run": BELOW_PLAN - {"targets", "candidates", "rules"}
    | {"disk", "scenario", "assumptions"},
    "calibration": {"errors", "disk", "layers", "coverage"},
    # 8: the doors
    "cli": {"errors", "workspace", "siting"},
    "__main__": {"cli"},
}
NOT_HERE = {  # room: third-party packages that have no business in it
    "coverage": {"geopandas", "folium", "osmnx"},
    "optimise": {"geopandas", "shapely", "pyproj", "rasterio", "folium", "osmnx"},
    "plan": {"folium", "branca", "openpyxl"},
    "study": {"folium", "branca", "openpyxl", "typer", "rich"},
}
# What checks a proof imports no solver, neither itself nor through our own modules.
CHECKERS = [
    "optimise/certificate.py",
    "optimise/proof_coverage.py",
    "optimise/proof_median.py",
    "verify/check.py",
]
SOLVERS = {"scipy.optimize", "numba", "highspy", "ortools", "pulp", "cvxpy", "sklearn", "networkx"}
NOT_EVERYWHERE = {"fcntl", "grp", "msvcrt", "pwd", "resource", "termios", "winreg"}
HEAVY = {"folium", "geopandas", "numba", "osmnx", "pandas", "rasterio", "scipy", "sklearn"}


def modules_imported(file: Path) -> set[str]:
    """Return the dotted names a file imports anywhere, also for type checking only."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file}: relative import; write the absolute one"
            module = node.module or ""
            names |= {f"siting.{a.name}" for a in node.names} if module == "siting" else {module}
    return names


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def rooms_imported(file: Path) -> set[str]:
    """Return our rooms that a file imports; a public name of the package counts as `siting`."""
    parts = [name.split(".") for name in modules_imported(file)]
    ours = {(part[1] if len(part) > 1 else "siting") for part in parts if part[0] == "siting"}
    return {name if is_room(name) else "siting" for name in ours}


def is_room(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_imports_only_go_down(file):
    room = room_of(file)
    if room == "__init__":
        return  # the door: it names what lies behind it
    assert room in MAY_IMPORT, f"{file}: a new room; give it a floor in MAY_IMPORT"
    upward = rooms_imported(file) - MAY_IMPORT[room] - {room}
    assert not upward, f"{file}: {room} may not import {sorted(upward)}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_rooms_keep_out_what_belongs_elsewhere(file):
    foreign = {name.split(".")[0] for name in modules_imported(file)}
    misplaced = foreign & NOT_HERE.get(room_of(file), set())
    assert not misplaced, f"{file}: {sorted(misplaced)} does not belong in {room_of(file)}"


def files_behind(file: Path) -> set[Path]:
    """Return a file and all our files that it loads, directly and through others."""
    found, left = set(), [file]
    while left:
        here = left.pop()
        if here in found:
            continue
        found.add(here)
        for name in modules_loaded(here):
            parts = name.split(".")
            if parts[0] == "siting":
                stem = PACKAGE.joinpath(*parts[1:])
                doors = [p / "__init__.py" for p in (stem, *stem.parents) if PACKAGE in p.parents]
                left += [p for p in (stem.with_suffix(".py"), *doors) if p.is_file()]
    return found


def modules_loaded(file: Path) -> set[str]:
    """Return the dotted names a file imports, those for type checking only left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("name", CHECKERS)
def test_what_checks_a_proof_imports_no_solver(name):
    behind = files_behind(PACKAGE / name)
    assert PACKAGE / "optimise" / "canonical.py" in behind  # the walk goes somewhere
    loaded = {
        (str(file.relative_to(PACKAGE)), solver)
        for file in behind
        for module in modules_loaded(file)
        for solver in SOLVERS
        if module == solver or module.startswith(f"{solver}.")
    }
    assert not loaded


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_every_module_can_be_imported_on_windows_and_elsewhere(file):
    top = ast.parse(file.read_text(encoding="utf-8")).body  # a guarded import is not at the top
    names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in top if isinstance(node, ast.ImportFrom)}
    assert not names & NOT_EVERYWHERE, f"{file}: import {sorted(names & NOT_EVERYWHERE)} guarded"


def test_the_table_of_floors_has_no_cycle():
    below = {room: set(others) - {"siting"} for room, others in MAY_IMPORT.items()}
    order = list(graphlib.TopologicalSorter(below).static_order())
    assert order.index("errors") == 0


def test_study_runs_without_pages_and_files():
    assert not MAY_IMPORT["study"] & {"maps", "exports", "cli"}


def test_every_room_of_the_table_exists():
    missing = [room for room in MAY_IMPORT if room != "__main__" and not is_room(room)]
    assert not missing


def test_nothing_heavy_is_imported_with_the_package():
    code = f"import sys, siting; print(*sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent
    )
    assert done.stdout.split() == []


def test_scripts_use_public_names_only():
    scripts = sorted((PACKAGE.parent / "scripts").glob("*.py"))
    behind = {
        script.name: sorted(name for name in modules_imported(script) if name.startswith("siting."))
        for script in scripts
        if not script.name.startswith(("benchmark_", "_"))  # these measure the rooms themselves
    }
    rooms = {
        name: [n for n in names if is_room(n.split(".")[1]) and n != "siting.errors"]
        for name, names in behind.items()
    }
    assert not any(rooms.values()), f"scripts import rooms, not public names: {rooms}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_files_stay_short(file):
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= 350, f"{file}: {lines} lines; split it by what it says"
