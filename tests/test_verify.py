"""siting verify: a plan that holds is accepted, and every forged figure is found."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import siting

from siting.disk.arrays import read_arrays, write_arrays
from siting.errors import DataError, MissingDataError
from siting.optimise.certificate import Certificate
from siting.verify import verify_plan
from siting.verify.rebuild import rebuilt_hashes

PROOF = "certificate.npz"


@pytest.fixture
def plan(tiny_outputs: Path, tmp_path: Path) -> Path:
    """Return a copy of the town's plan, to be changed."""
    for name in (PROOF, "plan.json", "sites.gpkg"):
        shutil.copyfile(tiny_outputs / name, tmp_path / name)
    return tmp_path


def refused(folder: Path) -> dict[str, str]:
    """Return the checks that do not hold, and what they found."""
    verdict = verify_plan(folder)
    assert verdict.accepted == all(check.holds for check in verdict.checks)
    return {check.name: check.found for check in verdict.checks if not check.holds}


def change_figures(folder: Path, change) -> None:
    path = folder / "plan.json"
    figures = json.loads(path.read_text("utf-8"))
    change(figures)
    path.write_text(json.dumps(figures), encoding="utf-8")


def change_table(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / "sites.gpkg") as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in triggers.fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        assert database.execute(statement).rowcount > 0
    database.close()


def change_proof(folder: Path, change) -> None:
    arrays, record = read_arrays(folder / PROOF)
    change(arrays, record)
    write_arrays(folder / PROOF, arrays, record)


def test_a_plan_holds_and_its_bound_is_the_one_that_was_told(tiny_outputs: Path) -> None:
    verdict = verify_plan(tiny_outputs)
    told = json.loads((tiny_outputs / "plan.json").read_text("utf-8"))["phases"]
    assert verdict.accepted
    assert not verdict.rebuilt
    for phase, claim in zip(verdict.phases, told, strict=True):
        assert phase.objective == pytest.approx(claim["objective"], rel=1e-9)
        assert phase.bound >= claim["bound"] * (1 - 1e-9)
        assert phase.objective <= phase.bound
        assert phase.gap < 0.01
        assert (phase.sites, phase.stations) == (claim["sites"], claim["stations"])


def test_the_problem_computed_anew_from_the_layers_is_the_stored_one(
    tiny_outputs: Path, tiny_town: Path
) -> None:
    verdict = verify_plan(tiny_outputs, rebuild=lambda told: rebuilt_hashes(told, tiny_town))
    assert verdict.accepted
    assert verdict.rebuilt


def test_a_candidate_left_out_of_the_problem_is_found_by_computing_it_anew(
    plan: Path, tiny_town: Path
) -> None:
    def weaken(arrays, record):
        """Forget a pair that no chosen site has, and certify the weaker problem."""
        del record
        chosen = np.zeros(len(arrays["stations"]), bool)
        chosen[arrays["chosen_1"]] = True
        units = arrays["covers_units"].copy()
        units[np.flatnonzero(~chosen[arrays["covers_site"]])[0]] += 1
        arrays["covers_units"] = units

    change_proof(plan, weaken)
    assert "was made from other inputs: covers" in refused(plan)["certificate of 2024"]
    verdict = verify_plan(plan, rebuild=lambda told: rebuilt_hashes(told, tiny_town))
    (anew,) = [check for check in verdict.checks if "anew" in check.name]
    assert anew.found == "covers differ"


def test_layers_of_another_day_are_refused_by_name(
    tiny_outputs: Path, tiny_town: Path, tmp_path: Path
) -> None:
    figures = json.loads((tiny_outputs / "plan.json").read_text("utf-8"))
    town = shutil.copytree(tiny_town, tmp_path / "town")
    name = figures["inputs"][0]["file"]
    (town / name).write_bytes((town / name).read_bytes() + b"\n")
    with pytest.raises(DataError, match="is not the file that the plan was made from"):
        rebuilt_hashes(figures, town)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("objective", lambda phase: phase["objective"] * 1.001),
        ("objective", lambda phase: phase["objective"] * 0.999),
        ("bound", lambda phase: phase["objective"] * 0.999),
        ("gap", lambda phase: phase["gap"] / 2 + 0.001),
        ("stations", lambda phase: phase["stations"] - 1),
        ("sites", lambda phase: phase["sites"] + 1),
    ],
)
def test_a_changed_figure_is_found(plan: Path, key: str, value) -> None:
    def change(figures):
        figures["phases"][1][key] = value(figures["phases"][1])

    change_figures(plan, change)
    assert list(refused(plan)) == ["figures of plan.json"]


def test_a_bound_tighter_than_the_prices_prove_is_told_or_refused(plan: Path) -> None:
    def tighten(figures):
        phase = figures["phases"][1]
        phase["bound"] = phase["objective"] * (1 + 1e-7)
        phase["gap"] = (phase["bound"] - phase["objective"]) / phase["bound"]

    change_figures(plan, tighten)
    verdict = verify_plan(plan)
    assert verdict.phases[1].solver_finish  # the small town was finished by branch and bound
    change_proof(
        plan,
        lambda _, record: [
            phase.update(bound_gain=phase["certificate"]["bound"]) for phase in record["phases"]
        ],
    )
    assert "is tighter than" in refused(plan)["figures of plan.json"]


def test_limits_and_assumptions_must_be_those_of_the_plan(plan: Path) -> None:
    change_figures(plan, lambda f: f["phases"][0].update(max_stations=31))
    assert list(refused(plan)) == ["limits and assumptions"]
    change_figures(plan, lambda f: f["phases"][0].update(max_stations=30))
    assert refused(plan) == {}
    change_figures(plan, lambda f: f["scenario"]["assumptions"]["study"].update(seed=99))
    assert list(refused(plan)) == ["limits and assumptions"]


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE sites SET stations = stations + 1 WHERE status = 'proposed'", "proposed sites"),
        ("UPDATE sites SET site_id = 'X' WHERE rank = 3", "proposed sites"),
        ("DELETE FROM sites WHERE rank = 3", "proposed sites"),
        ("UPDATE sites SET phase = '2024' WHERE phase = '2025'", "proposed sites"),
        ("UPDATE demand SET share_after = 1.0 WHERE share_after < 1", "service of the demand"),
        ("UPDATE demand SET weight = weight * 2", "demand of the problem"),
        ("UPDATE demand SET share_before = 0.0 WHERE share_before = 1", "demand of the problem"),
    ],
)
def test_a_changed_table_is_found(plan: Path, statement: str, check: str) -> None:
    change_table(plan, statement)
    assert check in refused(plan)


def forged_phase(arrays, record, number: int, **changed) -> None:
    """Change fields of a phase's certificate and give it a right seal."""
    names = ("chosen", "prices", "room_prices")
    own = {name: arrays[f"{name}_{number}"] for name in names}
    told = record["phases"][number]["certificate"]
    forged = replace(Certificate.from_parts(own, told), **changed)
    record["phases"][number]["certificate"] = {
        **told, "objective": forged.objective, "bound": forged.bound, "seal": forged.sealed(),
    }  # fmt: skip
    for name in names:
        arrays[f"{name}_{number}"] = getattr(forged, name)


def test_a_forged_certificate_is_found_though_its_seal_is_right(plan: Path) -> None:
    whole = (plan / PROOF).read_bytes()
    arrays, record = read_arrays(plan / PROOF)
    prices = arrays["prices_1"].astype(float)
    prices[np.flatnonzero(prices > 0.5)[:20]] = 0.0
    told = record["phases"][1]["certificate"]
    forgeries = [
        {"bound": told["objective"] * 1.0000001},
        {"objective": told["bound"]},
        {"prices": prices},
        {"chosen": arrays["chosen_1"][:-1].astype(np.int64)},
        {"chosen": arrays["chosen_1"][::-1].astype(np.int64)},
    ]
    for forged in forgeries:
        (plan / PROOF).write_bytes(whole)
        change_proof(plan, lambda a, r, f=forged: forged_phase(a, r, 1, **f))
        assert refused(plan), forged


def test_what_is_no_plan_is_an_error_with_a_remedy(plan: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match="run siting plan"):
        verify_plan(tmp_path / "nowhere")
    change_figures(plan, lambda figures: figures["phases"][0].pop("bound"))
    with pytest.raises(DataError, match="is no plan of this version"):
        verify_plan(plan)
    change_proof(plan, lambda arrays, _record: arrays.pop("weights"))
    with pytest.raises(DataError, match="does not hold a whole proof"):
        verify_plan(plan)
    (plan / "sites.gpkg").unlink()
    with pytest.raises(DataError):
        verify_plan(plan)


def test_the_command_tells_the_verdict_and_ends_with_1_when_it_does_not_hold(
    plan: Path, tiny_town: Path
) -> None:
    good = siting("verify", plan, "--rebuild", "--layers", tiny_town)
    assert good.returncode == 0, good.stderr
    assert good.stdout.splitlines()[-1] == "the plan holds"
    assert "not checked" not in good.stdout
    change_figures(plan, lambda figures: figures["phases"][0].update(objective=1.0))
    bad = siting("verify", plan, "--json")
    assert bad.returncode == 1
    told = json.loads(bad.stdout)
    assert (told["accepted"], told["rebuilt"], told["phases"]) == (False, False, [])
    assert siting("verify", plan / "nowhere").returncode == 3


def test_a_check_loads_no_solver(tiny_outputs: Path) -> None:
    solvers = {"numba", "scipy.optimize", "highspy", "ortools", "sklearn"}
    code = (
        "import sys; from siting.verify import verify_plan; "
        f"assert verify_plan({str(tiny_outputs)!r}).accepted; "
        f"print(*sorted({solvers} & set(sys.modules)))"
    )
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert done.stdout.split() == []
