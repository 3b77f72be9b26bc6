"""Commitments are read as printed, compared as printed and never smoothed over."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path

import pandas as pd
import pytest

from siting.errors import ConfigurationError, DataError, MissingDataError
from siting.targets import met, parse_parts, read_progress, read_targets, target_status

ROOT = Path(__file__).resolve().parents[1]
LEDGER = ROOT / "layers" / "targets.csv"
SEEDS = ROOT.parent / "shared" / "seeds"
HEADER = "target,date,value,unit,source\n"


@pytest.fixture(scope="module")
def ledger() -> pd.DataFrame:
    return read_targets(LEDGER)


@pytest.fixture(scope="module")
def seeds() -> dict[str, str]:
    """Return the text of each document, without white space, by its number."""
    if not SEEDS.is_dir():
        pytest.skip("the two documents are not here")
    texts = [re.sub(r"\s", "", p.read_text(encoding="utf-8")) for p in sorted(SEEDS.iterdir())]
    numbers = ("泉政办〔2023〕29号", "泉数函规划〔2024〕14号")
    return {number: next(t for t in texts if number in t[:200]) for number in numbers}


def edited(tmp_path: Path, target: str, **cells: str) -> Path:
    """Write a copy of the ledger in which one row is changed."""
    table = pd.read_csv(LEDGER, dtype=str, keep_default_na=False)
    for column, value in cells.items():
        table.loc[table["id"] == target, column] = value
    path = tmp_path / "targets.csv"
    table.to_csv(path, index=False)
    return path


def entry(entries: list[dict], target: str) -> dict:
    return next(e for e in entries if e["id"] == target)


# ---------------------------------------------------------------- the ledger


def test_the_ledger_holds_74_commitments(ledger: pd.DataFrame) -> None:
    assert len(ledger) == 74
    assert ledger["tier"].value_counts().to_dict() == {"near": 35, "core": 20, "context": 19}
    assert ledger["kind"].isin(["target", "baseline", "claim", "policy"]).all()
    assert ledger.loc[ledger["id"].str.startswith("T-"), "kind"].ne("baseline").all()
    assert ledger["name_en"].ne("").all()


def test_phrases_are_runs_of_the_documents(ledger: pd.DataFrame, seeds: dict[str, str]) -> None:
    for row in ledger.itertuples():
        for run in re.split("[…；]", re.sub(r"\s", "", row.phrase)):
            assert run, row.id
            assert run in seeds[row.document], (row.id, run)


def test_responsible_units_are_those_of_the_clause(
    ledger: pd.DataFrame, seeds: dict[str, str]
) -> None:
    for row in ledger[ledger["responsible_unit"] != ""].itertuples():
        number = re.search(r"(\d+)$", row.clause)
        assert number, row.id
        text = seeds[row.document]
        clause = re.search(rf"(?<!\d){number[1]}\.(?=[\u4e00-\u9fff])", text)
        assert clause, row.id
        printed = re.search("责任单位：(.*)", text[clause.end() :])
        assert printed, row.id
        assert printed[1].startswith(row.responsible_unit), row.id


def test_numbered_clauses_have_a_unit_and_the_goals_have_none(ledger: pd.DataFrame) -> None:
    plan = ledger[ledger["document"] == "泉政办〔2023〕29号"]
    numbered = plan["clause"].str.contains(r"\d$")
    assert plan.loc[numbered, "responsible_unit"].ne("").all()
    assert plan.loc[~numbered, "responsible_unit"].eq("").all()


@pytest.mark.parametrize(
    ("target", "operator", "value", "unit"),
    [
        ("T-5G-TOTAL", ">", 32000, "站"),
        ("T-5G-10K", ">=", 30, "站/万人"),
        ("T-5G-2024", "~", 5000, "站"),
        ("B-5G-CUM", "=", 24198, "站"),
        ("B-NBIOT", ">", 15684, "站"),
        ("T-EDGE", "=", 100, "个"),
        ("T-RACK", "=", 20000, "架"),
        ("T-EFLOPS", ">=", 1.8, "EFLOPS"),
        ("T-PORT", ">", 5, "个"),
        ("T-FA", ">=", 90, "%"),
        ("B-FIBREPORT", "~", 349.2, "万端口"),
    ],
)
def test_the_printed_operator_is_kept(
    ledger: pd.DataFrame, target: str, operator: str, value: float, unit: str
) -> None:
    row = ledger.set_index("id").loc[target]
    assert (row["operator"], row["value"], row["unit"]) == (operator, value, unit)


def test_operators_follow_the_words(ledger: pd.DataFrame) -> None:
    """超 right before the number is strict, 以上 right after it is not."""
    single = ledger[ledger["operator"].isin([">", ">=", "=", "~"]) & (ledger["parts"] == "")]
    for row in single.itertuples():
        if re.search(r"超\d", row.phrase):
            assert row.operator == ">", row.id
        elif re.search(r"\d\S{0,2}以上", row.phrase):
            assert row.operator == ">=", row.id


def test_composite_phrases_have_all_their_numbers(ledger: pd.DataFrame) -> None:
    rows = ledger.set_index("id")
    uhd = [(p.operator, p.value, p.unit) for p in parse_parts(rows.loc["T-HDTV", "parts"])]
    assert uhd == [("=", 85, "%"), (">", 4, "个"), (">", 10, "个")]
    mixed = rows[rows["operator"] == "mixed"]
    assert (mixed["parts"] != "").all()
    assert mixed["value"].isna().all()
    for target, text in rows.loc[rows["parts"] != "", "parts"].items():
        for part in parse_parts(text):
            printed = f"{part.value:g}"
            all_or_one = (target, printed) in {
                ("T-IOT-APP", "1"),
                ("T-TRADE", "1"),
                ("T-TRADE", "100"),
                ("T-EDU", "1"),
                ("B-APP179", "3"),
            }
            assert printed in rows.loc[target, "phrase"] or all_or_one, (target, printed)


def test_contradictions_are_data(ledger: pd.DataFrame) -> None:
    rows = ledger.set_index("id")
    flags = {int(n) for text in ledger["flag"] for n in text.split(";") if n}
    assert set(range(1, 15)) <= flags
    assert (rows.loc[rows["flag"] != "", "note"] != "").all()
    assert "2,803" in rows.loc["T-5G-2024", "note"]
    assert "2,802" not in rows.loc["T-5G-2024", "service"]
    assert "capacity ratio" in rows.loc["B-HH229", "note"]
    assert "never compared" in rows.loc["T-10GPON", "note"]
    assert "suspect" in rows.loc["T-DATA", "note"]
    assert rows.loc["T-10GPON", "baseline_id"] == ""


def figures_of(note: str) -> list[str]:
    """Return every figure of a note; 每万 is per 10,000."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", note.replace("per 10,000", ""))
    return sorted(figure.replace(",", "") for figure in found)


def test_every_note_stands_in_chinese_with_the_same_figures(ledger: pd.DataFrame) -> None:
    assert ledger["note_zh"].ne("").tolist() == ledger["note"].ne("").tolist()
    for row in ledger[ledger["note"] != ""].itertuples():
        assert figures_of(row.note_zh) == figures_of(row.note), row.id
        assert re.search("[\u4e00-\u9fff]", row.note_zh), row.id
        assert not re.search("[a-z]{4,}", row.note_zh), row.id


def test_what_is_no_plain_date_is_worded_in_chinese(ledger: pd.DataFrame) -> None:
    plain = ledger["as_of"].str.fullmatch(r"(\d{4}(-\d{2}){0,2})?")
    assert ledger["as_of_zh"].eq("").tolist() == plain.tolist()
    worded = ledger[~plain]
    assert set(worded["as_of"]) == {"2023-12 or 2024-03, unstated"}
    assert set(worded["as_of_zh"]) == {"2023-12 或 2024-03，未载明"}


def test_the_gap_of_the_second_phase_is_2803(ledger: pd.DataFrame) -> None:
    """24,198 + 5,000 + 2,802 is exactly 32,000, which is not more than 32,000."""
    value = ledger.set_index("id")["value"]
    built = value["B-5G-CUM"] + value["T-5G-2024"]
    assert met(">", built + 2802, value["T-5G-TOTAL"]) is False
    assert met(">", built + 2803, value["T-5G-TOTAL"]) is True


def test_no_phone_number_and_no_name_of_an_official(ledger: pd.DataFrame) -> None:
    text = LEDGER.read_text(encoding="utf-8")
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)", text)
    assert "代表" not in text
    units = ledger["responsible_unit"].str.cat(sep="，")
    assert not re.search("市长|主任|局长|书记|同志", units)


# ---------------------------------------------------------------- comparison


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        (">", False, False, True),
        (">=", False, True, True),
        ("=", False, True, True),
        ("~", False, True, True),
    ],
)
def test_operators_are_strict(operator: str, below: bool, at: bool, above: bool) -> None:  # noqa: FBT001
    assert met(operator, 9.999999, 10) is below
    assert met(operator, 10, 10) is at
    assert met(operator, 10.000001, 10) is above


@pytest.mark.parametrize("operator", ["policy", "list", "mixed", "claim"])
def test_what_has_no_number_is_neither_met_nor_missed(operator: str) -> None:
    assert met(operator, 10, 5) is None


def test_unknown_is_never_zero() -> None:
    assert met(">", None, 10) is None
    assert met(">=", math.nan, 0) is None
    assert met("=", 5, None) is None
    assert met(">=", 0, 0) is True


def test_an_unknown_operator_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="unknown operator '≥'"):
        met("≥", 1, 1)


# ---------------------------------------------------------------- status


def test_status_carries_baseline_plan_and_verdict(ledger: pd.DataFrame) -> None:
    values = {"T-5G-TOTAL": 32001, "T-5G-10K": 36.4, "T-EDGE": 99, "T-RACK": None}
    entries = target_status(ledger, values)
    assert [e["id"] for e in entries] == ledger["id"].tolist()
    total = entry(entries, "T-5G-TOTAL")
    assert (total["baseline"], total["plan"], total["met"]) == (24198, 32001, True)
    assert entry(entries, "T-EDGE")["met"] is False
    assert entry(entries, "T-RACK")["plan"] is None
    assert entry(entries, "T-RACK")["met"] is None
    assert entry(entries, "T-NBIOT")["baseline"] == 15684
    assert entry(entries, "T-NBIOT")["met"] is None
    assert entry(entries, "T-EGRESS")["baseline"] == 15
    assert entry(entries, "T-10GPON")["baseline"] is None


def test_status_says_the_note_and_the_date_in_both_languages(ledger: pd.DataFrame) -> None:
    village = entry(target_status(ledger, {}), "B-5G-VILLAGE")
    assert village["note"].startswith("Means reached (通达")
    assert village["note_zh"].startswith("指“通达”（至少一个可用点")
    assert village["as_of"] == "2023-12 or 2024-03, unstated"
    assert village["as_of_zh"] == "2023-12 或 2024-03，未载明"


def test_a_ledger_without_chinese_notes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    table = pd.read_csv(LEDGER, dtype=str, keep_default_na=False)
    table.drop(columns=["note_zh", "as_of_zh"]).to_csv(path, index=False)
    village = entry(target_status(read_targets(path), {}), "B-5G-VILLAGE")
    assert (village["note_zh"], village["as_of_zh"]) == ("", "")
    assert village["note"].startswith("Means reached")


def test_a_computed_baseline_stands_only_where_none_is_reported_or_printed(
    ledger: pd.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "progress.csv"
    path.write_text(HEADER + "T-EDGE,2024-06-30,0,个,report\n", encoding="utf-8")
    progress = read_progress(path, ledger)
    computed = {"T-5G-10K": 27.5, "T-5G-TOTAL": 1, "T-EDGE": 2, "T-RACK": None}
    entries = target_status(ledger, {}, progress=progress, baselines=computed)
    found = [entry(entries, target)["baseline"] for target in computed]
    assert found == [27.5, 24198, 0, None]
    with pytest.raises(ConfigurationError, match="did you mean 'T-5G-10K'"):
        target_status(ledger, {}, baselines={"T-5G-10": 1})


def test_exactly_32000_stations_miss_the_target(ledger: pd.DataFrame) -> None:
    entries = target_status(ledger, {"T-5G-TOTAL": 32000})
    assert entry(entries, "T-5G-TOTAL")["met"] is False


def test_baselines_claims_and_policies_are_not_judged(ledger: pd.DataFrame) -> None:
    entries = target_status(ledger, {"B-5G-VILLAGE": 100, "B-5G-CUM": 24198, "T-ONEMAP": 1})
    for e in entries:
        assert e["met"] is None, e["id"]
    assert entry(entries, "B-5G-CUM")["baseline"] == 24198


def test_status_is_plain_json(ledger: pd.DataFrame) -> None:
    entries = target_status(ledger, {"T-5G-TOTAL": 32001.0})
    text = json.dumps(entries, ensure_ascii=False, allow_nan=False)
    assert '"value": 32000,' in text
    assert json.loads(text) == entries


def test_a_value_for_an_unknown_target_is_refused(ledger: pd.DataFrame) -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'T-5G-TOTAL'"):
        target_status(ledger, {"T-5G-TOTALS": 1})


# ---------------------------------------------------------------- progress


def test_the_latest_report_replaces_the_baseline(ledger: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    path.write_text(
        HEADER + "T-5G-TOTAL,2024-12-31,29300,站,年报\nT-5G-TOTAL,2024-06-30,26900,站,半年报\n",
        encoding="utf-8",
    )
    progress = read_progress(path, ledger)
    assert progress["value"].tolist() == [26900, 29300]
    total = entry(target_status(ledger, {}, progress=progress), "T-5G-TOTAL")
    assert total["baseline"] == 29300
    assert total["plan"] is None
    assert total["met"] is None


def test_a_report_of_zero_is_kept_as_zero(ledger: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    path.write_text(HEADER + "T-EDGE,2024-06-30,0,个,report\n", encoding="utf-8")
    entries = target_status(ledger, {}, progress=read_progress(path, ledger))
    assert entry(entries, "T-EDGE")["baseline"] == 0


def test_faults_of_progress_come_all_at_once(ledger: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "progress.csv"
    path.write_text(
        HEADER
        + "T-5G-TOTL,2024-06-30,1,站,a\n"
        + "T-EDGE,30.6.2024,5,个,a\n"
        + "T-RACK,2024-06-30,5000,个,a\n"
        + "T-EDGE,2024-07-31,many,个,a\n"
        + "T-PORT,2024-07-31,1,个,a\n"
        + "T-PORT,2024-07-31,2,个,a\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        read_progress(path, ledger)
    lines = [str(problem) for problem in caught.value.problems]
    assert len(lines) == 5
    assert lines[0].startswith("progress.csv:2: target: unknown target 'T-5G-TOTL'; did you mean")
    assert "progress.csv:3: date: '30.6.2024' is no date; write YYYY-MM-DD" in lines
    assert "progress.csv:4: unit: '个' is not the unit of T-RACK; convert to '架'" in lines
    assert any(line.startswith("progress.csv:5: value: 'many'") for line in lines)
    assert any(line.startswith("progress.csv:7: date: T-PORT is reported twice") for line in lines)


# ---------------------------------------------------------------- bad ledgers


def test_a_missing_ledger_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingDataError, match=r"targets\.csv: the file is missing"):
        read_targets(tmp_path / "targets.csv")


def test_a_misspelt_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    text = LEDGER.read_text(encoding="utf-8")
    path.write_text(text.replace("operator", "operater", 1), encoding="utf-8")
    with pytest.raises(DataError, match="operator: the column is missing; did you mean 'operater'"):
        read_targets(path)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "targets.csv"
    path.write_bytes("id,phrase\nT-1,基站\n".encode("gb18030"))
    with pytest.raises(DataError, match="save it as UTF-8 CSV"):
        read_targets(path)


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"operator": "≥"}, "operator: unknown operator '≥'"),
        ({"kind": "goal"}, "kind: unknown kind 'goal'"),
        ({"value": "3.2万"}, "value: '3.2万' is not a number"),
        ({"value": ""}, "value: '>' needs a value and a unit"),
        ({"phrase": ""}, "phrase: is blank"),
        ({"flag": "one"}, "flag: 'one' is no list of numbers"),
        ({"due": "end of 2025"}, "due: 'end of 2025' is no year"),
        ({"parts": "about 3"}, "parts: 'about 3' is no list of numbers"),
        ({"baseline_id": "B-5G-CUMM"}, "did you mean 'B-5G-CUM'"),
        ({"baseline_id": "B-FIBREPORT"}, "B-FIBREPORT counts 万端口, T-5G-TOTAL counts 站"),
        ({"id": "T-EDGE"}, "the id 'T-EDGE' is there twice"),
    ],
)
def test_a_fault_of_the_ledger_is_named(
    tmp_path: Path, cells: dict[str, str], message: str
) -> None:
    with pytest.raises(DataError, match=re.escape(message)):
        read_targets(edited(tmp_path, "T-5G-TOTAL", **cells))


def test_faults_of_the_ledger_come_all_at_once(tmp_path: Path) -> None:
    path = edited(tmp_path, "T-5G-TOTAL", operator="", kind="", value="x", due="soon")
    with pytest.raises(DataError) as caught:
        read_targets(path)
    assert {problem.column for problem in caught.value.problems} == {
        *("operator", "kind", "value", "due")
    }
    assert {problem.row for problem in caught.value.problems} == {2}
