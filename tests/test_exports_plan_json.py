"""plan.json holds every promised key, the same bytes each time, and nothing that is no number."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from plan_fixture import figures, small_plan

from siting.errors import DataError
from siting.exports import save_plan_json

SCHEMA = Path(__file__).parent / "data" / "plan.schema.json"


@cache
def validator() -> Draft202012Validator:
    """Return the checker of plan.json."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def schema_problems(content: Any) -> list[str]:
    """Return what the schema finds wrong, one line each; other tests use it too."""
    found = validator().iter_errors(content)
    return sorted(f"{error.json_path}: {error.message}" for error in found)


def required_keys(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every key in the first entry of each list."""
    if isinstance(content, list):
        return required_keys(content[0], (*path, 0)) if content else []
    if not isinstance(content, dict):
        return []
    own = [(*path, key) for key in content]
    return own + [
        inner for key, item in content.items() for inner in required_keys(item, (*path, key))
    ]


PATHS = [path for path in required_keys(figures()) if "assumptions" not in path[:-1]]


def at(content: Any, path: tuple[Any, ...]) -> Any:
    """Return what stands at a path."""
    for key in path:
        content = content[key]
    return content


def test_the_small_plan_fits_the_schema(tmp_path: Path) -> None:
    path = save_plan_json(small_plan(), tmp_path / "plan.json")

    assert schema_problems(json.loads(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_no_key_may_be_renamed(path: tuple[Any, ...]) -> None:
    content = figures()
    inside = at(content, path[:-1])
    inside[f"{path[-1]}_renamed"] = inside.pop(path[-1])

    assert len(schema_problems(content)) == 1


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_no_key_may_change_its_type(path: tuple[Any, ...]) -> None:
    content = figures()
    at(content, path[:-1])[path[-1]] = [{"of another": "type"}]

    assert schema_problems(content) != []


@pytest.mark.parametrize(
    "container", [(), ("phases", 0), ("edge",), ("counties", 0), ("targets", 0)]
)
def test_keys_may_be_added(container: tuple[Any, ...]) -> None:
    content = figures()
    at(content, container)["later"] = {"any": ["thing"]}

    assert schema_problems(content) == []


def test_chinese_notes_may_be_there_and_are_text() -> None:
    content = figures()
    content["targets"][0] |= {"note_zh": "严格大于。", "as_of_zh": ""}
    assert schema_problems(content) == []
    content["targets"][0] |= {"note_zh": 1, "as_of_zh": []}
    assert len(schema_problems(content)) == 2


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("modelled_share",), 100.0),
        (("modelled_share",), True),
        (("stations_before",), 24198.5),
        (("phases", 0, "gap"), -0.01),
        (("phases", 0, "status"), "optimal"),
        (("inputs", 0, "sha256"), "abc"),
        (("scenario", "date"), "31.12.2025"),
        (("counties", 0, "code"), "3505"),
        (("quotas", 0, "kind"), "femto"),
        (("targets", 0, "met"), "yes"),
    ],
)
def test_values_out_of_range_are_found(path: tuple[Any, ...], value: Any) -> None:
    content = figures()
    at(content, path[:-1])[path[-1]] = value

    assert schema_problems(content) != []


def test_the_file_is_sorted_utf_8_and_ends_with_one_newline(tmp_path: Path) -> None:
    path = save_plan_json(small_plan(), tmp_path / "plan.json")
    text = path.read_bytes().decode("utf-8")

    assert "鲤城区" in text
    assert text.endswith("}\n")
    assert "\r" not in text
    assert list(json.loads(text)) == sorted(figures())
    assert json.loads(text) == figures() | {"levels": json.loads(text)["levels"]}


def test_the_order_of_keys_and_the_last_digits_do_not_matter(tmp_path: Path) -> None:
    content = dict(reversed(figures().items()))
    content["modelled_share"] = sum([0.1] * 10)
    shuffled = replace(small_plan(), figures=content)
    first = save_plan_json(small_plan(), tmp_path / "first.json").read_bytes()

    assert content["modelled_share"] != 1.0
    assert save_plan_json(shuffled, tmp_path / "second.json").read_bytes() == first


def test_numbers_of_numpy_are_written_as_numbers(tmp_path: Path) -> None:
    content = {"a": np.int64(3), "b": np.float32(0.5), "c": np.ones(1, dtype=bool)[0], "d": (-0.0,)}
    path = save_plan_json(replace(small_plan(), figures=content), tmp_path / "plan.json")

    assert (
        path.read_text(encoding="utf-8")
        == '{\n "a": 3,\n "b": 0.5,\n "c": true,\n "d": [\n  0.0\n ]\n}\n'
    )


def test_every_nan_is_refused_by_name_and_nothing_is_written(tmp_path: Path) -> None:
    content = copy.deepcopy(figures())
    content["phases"][1]["gap"] = float("nan")
    content["edge"]["bound"] = np.inf
    content["scenario"]["date"] = Path("today")
    path = tmp_path / "plan.json"
    path.write_text("previous", encoding="utf-8")
    with pytest.raises(DataError) as raised:
        save_plan_json(replace(small_plan(), figures=content), path)

    columns = sorted(problem.column for problem in raised.value.problems)
    assert columns == ["edge.bound", "phases[1].gap", "scenario.date"]
    assert path.read_text(encoding="utf-8") == "previous"
