"""Fixtures that every test may ask for: the made-up town, its plan, the shared reference folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from command import siting
from hypothesis import settings

from siting.layers import Layers, read_layers

TESTS = Path(__file__).resolve().parent

# Examples are drawn the same way on every machine: a red test can be run again.
settings.register_profile("siting", derandomize=True, deadline=None, database=None)
settings.load_profile("siting")


@pytest.fixture(scope="session")
def tiny_town() -> Path:
    """Return the folder of the made-up town (read only: copy it before changing a file)."""
    return TESTS / "data" / "tiny_town"


@pytest.fixture(scope="session")
def tiny_layers(tiny_town: Path) -> Layers:
    """Return the made-up town's layers, read once for the whole session."""
    return read_layers(tiny_town)


@pytest.fixture(scope="session")
def tiny_outputs(tiny_town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what `siting plan` writes for the made-up town, run once (read only)."""
    outputs = tmp_path_factory.mktemp("town") / "outputs"
    words = [tiny_town.with_suffix(".toml"), "--layers", tiny_town, "--outputs", outputs]
    done = siting("plan", *words, "--threads", "1", PYTHONHASHSEED="1", TZ="UTC")
    assert done.returncode == 0, done.stderr
    return outputs


@pytest.fixture(scope="session")
def shared_directory() -> Path:
    """Return the folder of reference material beside the repository, or skip the test."""
    directory = TESTS.parents[1] / "shared"
    if not directory.is_dir():
        pytest.skip("the reference folder beside the repository is not here")
    return directory
