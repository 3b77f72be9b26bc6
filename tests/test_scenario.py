"""A scenario is read whole, checked whole, and every complaint says where and what to do."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from siting.errors import ConfigurationError
from siting.scenario import (
    Phase,
    Scenario,
    load_scenario,
    packaged_path,
    packaged_scenarios,
)
from siting.scenario.build import declared
from siting.scenario.draft import key_places

REFERENCE = Path(__file__).parents[1] / "docs" / "reference" / "scenario.md"


def write(folder: Path, text: str, name: str = "my.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def complaints(source, overrides=()) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_scenario(source, overrides=overrides)
    return [str(problem) for problem in caught.value.problems]


# ---------------------------------------------------------------- the packaged scenario


def test_the_packaged_scenario_is_whole():
    scenario = load_scenario()
    assert "quanzhou" in packaged_scenarios()
    assert set(scenario.sites) == {"macro", "micro", "indoor"}
    assert {site.radio for site in scenario.sites.values()} <= set(scenario.radio)
    assert scenario.service["busy_hour"].has_capacity
    assert not scenario.service["outdoors"].has_capacity


def test_the_phases_exceed_the_target_of_32000_by_the_least_that_is_strictly_more():
    scenario = load_scenario()
    total = scenario.network.stations + sum(phase.max_stations for phase in scenario.phases)
    assert total == 32_001


def test_a_scenario_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        load_scenario().optimise.swap_passes = 3


def test_as_dict_is_plain_json_in_the_order_of_the_file_and_reads_back_as_the_same_scenario():
    scenario = load_scenario()
    tables = scenario.as_dict()
    assert list(tables) == [field.name for field in dataclasses.fields(Scenario)]
    assert json.loads(json.dumps(tables)) == tables
    assert scenario.with_changes({}) == scenario
    assert json.dumps(tables) == json.dumps(scenario.with_changes({}).as_dict())
    assert "budget_cny" not in tables["phases"][0]


# ---------------------------------------------------------------- bases and differences


def test_a_what_if_names_its_base_and_only_the_differences(tmp_path):
    path = write(
        tmp_path,
        """
        base = "quanzhou"
        [edge]
        p = 40
        [service.indoors]
        weight = 2
        [service.ports]
        weight = 1
        rsrp_min_dbm = -100
        rsrp_min_low_band_dbm = -100
        location_probability = 0.95
        indoor = false
        """,
    )
    changed, base = load_scenario(path), load_scenario()
    assert changed.edge == dataclasses.replace(base.edge, p=40)
    assert changed.service["indoors"] == dataclasses.replace(base.service["indoors"], weight=2.0)
    assert list(changed.service) == [*base.service, "ports"]
    assert changed.radio == base.radio


def test_a_list_of_phases_replaces_the_list_of_the_base(tmp_path):
    path = write(
        tmp_path,
        'base = "quanzhou"\n[[phases]]\nname = "once"\nmax_stations = 7\nbudget_cny = 5e6\n',
    )
    assert load_scenario(path).phases == (Phase(name="once", max_stations=7, budget_cny=5_000_000),)


def test_bases_chain_relative_to_the_file_that_names_them(tmp_path):
    (tmp_path / "deep").mkdir()
    write(tmp_path, 'base = "quanzhou"\n[edge]\np = 40\nreach_km = 30\n', "first.toml")
    path = write(tmp_path / "deep", 'base = "../first.toml"\n[edge]\np = 50\n', "second.toml")
    edge = load_scenario(path).edge
    assert (edge.p, edge.reach_km, edge.racks_total) == (50, 30.0, load_scenario().edge.racks_total)


def test_a_circle_of_bases_is_refused(tmp_path):
    write(tmp_path, 'base = "b.toml"\n', "a.toml")
    write(tmp_path, '# note\nbase = "a.toml"\n', "b.toml")
    (line,) = complaints(tmp_path / "a.toml")
    assert "b.toml:2: base: the bases go in a circle: a.toml -> b.toml -> a.toml" in line


def test_a_file_saved_by_notepad_is_read(tmp_path):
    path = tmp_path / "my.toml"
    path.write_bytes(b'\xef\xbb\xbfbase = "quanzhou"\r\n[edge]\r\np = 3\r\n')
    assert load_scenario(path).edge.p == 3


# ---------------------------------------------------------------- overrides


@pytest.mark.parametrize(
    ("override", "found"),
    [
        ("optimise.swap_passes=2", lambda s: s.optimise.swap_passes == 2),
        ("phases.0.max_stations=4000", lambda s: s.phases[0].max_stations == 4000),
        ("phases.2025.max_stations = 10", lambda s: s.phases[1].max_stations == 10),
        ("phases.2025.budget_cny=1e9", lambda s: s.phases[1].budget_cny == 1_000_000_000),
        (
            "demand.people_per_km2.village=1_000",
            lambda s: s.demand.people_per_km2["village"] == 1e3,
        ),
        ("service.indoors.indoor=false", lambda s: s.service["indoors"].indoor is False),
        ("study.date=2026-06-30", lambda s: s.study.date == "2026-06-30"),
        ("study.name=more_micro", lambda s: s.study.name == "more_micro"),
        ("rules.off=['heritage','reservoir']", lambda s: s.rules.off == ("heritage", "reservoir")),
        ("study.title_en=A=B # C", lambda s: s.study.title_en == "A=B # C"),
    ],
)
def test_an_override_changes_one_key(override, found):
    base = load_scenario()
    changed = load_scenario(overrides=[override])
    assert found(changed)
    assert not found(base)
    key, _, value = override.partition("=")
    assert base.with_changes({key: value.strip()}) == changed


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("optimise.swap_pases=2", "unknown key; did you mean swap_passes?"),
        ("optimize.swap_passes=2", "there is no table 'optimize'; did you mean optimise?"),
        ("phases.2026.max_stations=2", "there is no table '2026'; did you mean 2025 or 2024?"),
        ("phases.2.max_stations=2", "there is no table '2'"),
        (
            "optimise.swap_passes=2.5",
            "is 2.5, not a whole number; write a whole number from 0 to 100",
        ),
        ("optimise.swap_passes=true", "is true, not a whole number"),
        ("edge.p=many", "is 'many', not a whole number"),
        ("edge.p=1\nq = 2", "is '1\\nq = 2', not a whole number"),
        ("edge.p", "there is no key=value"),
        ("=3", "there is no key=value"),
        ("edge=3", "is 3, not a table"),
        ("phases=[]", "there is no phase"),
    ],
)
def test_a_bad_override_is_named_and_explained(override, words):
    (line,) = complaints("quanzhou", [override])
    assert line.startswith(f"--set {override.split('=')[0] or override}")
    assert words in line


def test_a_changed_copy_leaves_the_original_as_it_was():
    base = load_scenario()
    before = base.as_dict()
    changed = base.with_changes({"phases.0.max_stations": 4000, "edge.p": 1})
    assert changed.phases[0].max_stations == 4000
    assert base.as_dict() == before


# ---------------------------------------------------------------- what is refused, and how


BAD = [
    ("[optimise]\nswap_pases = 3", "my.toml:3: optimise.swap_pases: unknown key; did you mean swap_passes?"),
    ("[floor]\nx = 1", "my.toml:2: floor: unknown table; did you mean floors?"),
    ("floors = 3", "my.toml:2: floors: is 3, not a table; write [floors]"),
    ("[demand]\nspacing_m = '100'", "my.toml:3: demand.spacing_m: is '100', not a number; write a number from 20 to 2000 m"),
    ("[demand]\nspacing_m = 5", "my.toml:3: demand.spacing_m: is 5 m, out of range; write a number from 20 to 2000 m"),
    ("[demand]\nspacing_m = nan", "my.toml:3: demand.spacing_m: is nan m, out of range"),
    ("[demand]\npeople_per_km2 = { vilage = 3 }", "my.toml:3: demand.people_per_km2.vilage: unknown name; did you mean village?"),
    ("[demand]\nport_people = -1", "demand.port_people: is -1 people, out of range"),
    ("[network]\nmicro_share = 0.95", "my.toml:3: network.micro_share: and indoor_share add up to more than 1"),
    ("[sites.marco]\nradio = 'x'", "my.toml:2: sites.marco: unknown name; did you mean macro"),
    ("[sites.macro]\nradio = 'macro_350'", "my.toml:3: sites.macro.radio: there is no radio 'macro_350'; did you mean macro_3500"),
    ("[sites.macro]\nradio_rural = 'none'", "my.toml:3: sites.macro.radio_rural: there is no radio 'none'; write one of macro_700"),
    ("[sites]\npole = 3", "my.toml:3: sites.pole: unknown name; write one of macro, micro, indoor"),
    ("[sites.micro]\ncost_new_cny = -1", "sites.micro.cost_new_cny: is -1 CNY, out of range"),
    ("[service.outdoor]\nweight = 2", "my.toml:2: service.outdoor: unknown name; did you mean outdoors?"),
    ("[service.indoors]\nrate_mbps = 3", "my.toml:3: service.indoors.rate_mbps: stands without active_share"),
    ("[service.outdoors]\nindoor = 0", "service.outdoors.indoor: is 0, not true or false"),
    ("[radio.macro_700]\ncarrier_ghz = 700", "radio.macro_700.carrier_ghz: is 700 GHz, out of range; write a number from 0.5 to 100 GHz"),
    ("phases = []", "my.toml:2: phases: there is no phase"),
    ("phases = 3", "my.toml:2: phases: is 3, not a list; write [[phases]] tables"),
    ("[[phases]]\nname = 'a'\nmax_stations = 1\nbudget_cny = -5", "my.toml:5: phases.0.budget_cny: is -5 CNY, out of range"),
    ("[[phases]]\nname = 'a'", "my.toml:2: phases.0.max_stations: is missing"),
    ("[study]\ndate = 2025-02-30", "my.toml:3: column"),
    ("[study]\ndate = '2025-02-30'", "my.toml:3: study.date: is no day of the calendar"),
    ("[study]\ndate = 'today'", "my.toml:3: study.date: is 'today', not a date YYYY-MM-DD"),
    ("[study]\ncrs = 'EPSG:4326'", "my.toml:3: study.crs: EPSG:4326 does not measure in true metres"),
    ("[study]\ncrs = 'UTM 50N'", "my.toml:3: study.crs: is 'UTM 50N', not EPSG: and the code's digits"),
    ("[study]\ntitle_zh = ' '", "study.title_zh: is ' ', not a text that is not empty"),
    ("[rules]\noff = 'heritage'", "my.toml:3: rules.off: is 'heritage', not a list"),
    ("[rules]\noff = [3]", "my.toml:3: rules.off.0: is 3, not a text in quotes"),
    ("[edge]\nlatency_max_ms = 0", "edge.latency_max_ms: is 0 ms, out of range"),
    ("[edge\np = 3", "my.toml:2: column 6: "),
    ("[edge]\np = 3\np = 4", "my.toml:4: column"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), BAD)
def test_a_mistake_is_one_line_with_file_row_key_and_remedy(tmp_path, text, words):
    (line,) = complaints(write(tmp_path, 'base = "quanzhou"\n' + text + "\n"))
    assert words in line
    assert re.search(r"; \S.+$", line)


def test_two_phases_of_one_name_are_refused(tmp_path):
    phase = "[[phases]]\nname = 'a'\nmax_stations = 1\n"
    (line,) = complaints(write(tmp_path, 'base = "quanzhou"\n' + phase + phase))
    assert "my.toml:6: phases.1.name: 'a' names an earlier phase too" in line


def test_all_mistakes_are_reported_at_once_in_the_order_of_the_file(tmp_path):
    mistakes = "[edge]\np = -1\nq = 1\n[optimise]\nswap_pases = 1\n[network]\nstations = 'x'\n"
    lines = complaints(write(tmp_path, 'base = "quanzhou"\n' + mistakes), ["floors.x=1", "y"])
    rows = [re.search(r"my\.toml:(\d+)", line) for line in lines]
    assert [row and int(row[1]) for row in rows] == [3, 4, 6, 8, None, None]


def test_a_file_without_base_must_give_every_table(tmp_path):
    lines = complaints(write(tmp_path, "[optimise]\nswap_passes = 1\n"))
    tables = {field.name for field in dataclasses.fields(Scenario)} - {"optimise"}
    missing = {found[1] for line in lines if (found := re.search(r": (\w+): is missing", line))}
    assert missing == tables
    assert any("optimise.bound_iterations: is missing" in line for line in lines)
    assert all('base = "quanzhou"' in line for line in lines)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("quanzou", "there is no packaged scenario 'quanzou'; did you mean quanzhou?"),
        ("no_such_folder/x.toml", "there is no such scenario file"),
    ],
)
def test_an_unknown_scenario_is_named(source, words):
    (line,) = complaints(source)
    assert words in line


def test_an_unknown_base_is_reported_at_its_row(tmp_path):
    (line,) = complaints(write(tmp_path, '\nbase = "quanzou"\n'))
    assert (
        "my.toml:2: base: there is no packaged scenario 'quanzou'; did you mean quanzhou?" in line
    )


def test_a_file_that_is_no_utf8_text_is_named(tmp_path):
    path = tmp_path / "my.toml"
    path.write_bytes("title = '泉州'".encode("gb18030"))
    (line,) = complaints(path)
    assert "my.toml: is not UTF-8; save it as a UTF-8 text file" in line


# ---------------------------------------------------------------- rows, and the reference page


def test_rows_are_found_under_tables_lists_inline_tables_and_long_values():
    text = packaged_path("quanzhou").read_text(encoding="utf-8")
    rows = text.splitlines()
    places = key_places(text, file="quanzhou.toml")
    assert rows[places["edge", "reach_km"].row - 1].startswith("reach_km")
    assert "town_fringe" in rows[places["demand", "people_per_km2", "town_fringe"].row - 1]
    assert rows[places["phases", "1", "max_stations"].row - 1].startswith("max_stations = 2803")
    tricky = 'a = """\n[not]\nb = 1\n"""\nc = [\n  "x]",  # ]\n  2,\n]\n[d]\n"e" = 1\n'
    places = key_places(tricky, file="t")
    assert {path: place.row for path, place in places.items() if path} == {
        ("a",): 1,
        ("c",): 5,
        ("d",): 9,
        ("d", "e"): 10,
    }


def _declared_keys():
    for table in dataclasses.fields(Scenario):
        bare, _ = declared(Scenario)[table.name]
        inner = next(
            (arg for arg in getattr(bare, "__args__", (bare,)) if arg not in (str, ...)), bare
        )
        for name, (_, quantity) in declared(inner).items():
            yield table.name, name, quantity.range_text


def test_the_reference_page_states_every_key_with_its_range():
    page = REFERENCE.read_text(encoding="utf-8")
    sections = dict(
        re.findall(r"^## `\[+(\w+)[^\n]*\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    )
    for table, name, range_text in _declared_keys():
        row = re.search(rf"^\| `{name}` \|.*$", sections[table], re.MULTILINE)
        assert row, f"{table}.{name} is not documented"
        if range_text != "any":
            assert range_text in row[0], f"{table}.{name}: {range_text}"


def test_the_reference_page_states_the_packaged_values():
    page = REFERENCE.read_text(encoding="utf-8")
    sections = dict(
        re.findall(r"^## `\[+(\w+)[^\n]*\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    )
    tables = load_scenario().as_dict()
    for table in ("study", "network", "floors", "edge", "optimise"):
        for name, value in tables[table].items():
            row = re.search(rf"^\| `{name}` \|.*$", sections[table], re.MULTILINE)
            shown = f"{value:g}" if isinstance(value, float) else str(value)
            assert shown in row[0], f"{table}.{name} = {shown}"
