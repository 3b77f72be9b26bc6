"""Pack an answer with its proof, and check such a pack without a solver.

A certificate holds the choice, what it is worth, the dual vector (a price per row, and prices of
stations and money), the limit that these prices prove, and the hashes of the inputs. By weak
duality every dual vector proves a limit, wherever it came from: a checker needs the inputs, the
prices and one pass of sums, and no trust in the search. This module and those it imports
load no solver and no compiled code of ours; tests/test_floors.py holds that.

A certificate proves what its dual vector proves. Where the answer was finished by branch and bound
(small cores), `Solution.bound` may be tighter than `Certificate.bound`.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from siting.disk.arrays import read_arrays, write_arrays
from siting.errors import ConfigurationError, DataError, Problem
from siting.optimise.canonical import array_hash
from siting.optimise.solution import PROVED_RELATIVE, Solution, Status, relative

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

VERSION = 1
# Sums over the same numbers in another order, on another processor, differ by less than this.
SAME_RELATIVE = 1e-9


class Inputs(Protocol):
    """What a kind of problem says of itself to be certified; each kind is one module."""

    @property
    def kind(self) -> str:
        """Return the name of the problem."""

    @property
    def highest(self) -> bool:
        """Tell whether the objective is to be high (the bound lies above it) or low."""

    @property
    def total(self) -> float:
        """Return the weight of all rows, or 0 where the uncovered weight has no meaning."""

    def hashes(self) -> dict[str, str]:
        """Return the hash of each input."""

    def faults(self, chosen: Ints) -> list[str]:
        """Return in what a choice breaks the limits; nothing when it is permitted."""

    def worth(self, chosen: Ints) -> float:
        """Return the objective of a choice, computed afresh."""

    def price_faults(self, prices: Floats, room_prices: Floats) -> list[str]:
        """Return why prices are no dual vector; nothing when they are one."""

    def room_prices(self, prices: Floats) -> Floats:
        """Return the prices of the room (stations, money) that go best with the row prices."""

    def limit(self, prices: Floats, room_prices: Floats) -> float:
        """Return the limit that the prices prove, widened by more than rounding."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Certificate:
    """An answer and its proof; `seal` is the hash of all other fields."""

    kind: str
    version: int
    chosen: Ints
    objective: float
    bound: float
    prices: Floats
    room_prices: Floats
    hashes: Mapping[str, str]
    seal: str = ""

    def sealed(self) -> str:
        """Return the seal that these fields should carry."""
        record = json.dumps([self.kind, self.version, sorted(self.hashes.items())])
        arrays = array_hash(
            np.asarray(self.chosen, np.int64),
            np.array([self.objective, self.bound], np.float64),
            np.asarray(self.prices, np.float64),
            np.asarray(self.room_prices, np.float64),
        )
        return hashlib.sha256(f"{record}\n{arrays}".encode()).hexdigest()

    def parts(self) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
        """Return the arrays and the record that a file holds."""
        arrays = {
            "chosen": self.chosen,
            "prices": self.prices,
            "room_prices": self.room_prices,
        }
        return arrays, {
            "kind": self.kind,
            "version": self.version,
            "objective": self.objective,
            "bound": self.bound,
            "hashes": dict(self.hashes),
            "seal": self.seal,
        }

    @classmethod
    def from_parts(
        cls, arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any], *, file: str = ""
    ) -> Certificate:
        """Return the certificate that a file holds, or a DataError; nothing is checked yet."""
        try:
            return cls(
                kind=str(record["kind"]),
                version=int(record["version"]),
                chosen=np.asarray(arrays["chosen"], dtype=np.int64),
                objective=float(record["objective"]),
                bound=float(record["bound"]),
                prices=np.asarray(arrays["prices"], dtype=np.float64),
                room_prices=np.asarray(arrays["room_prices"], dtype=np.float64),
                hashes={str(name): str(value) for name, value in record["hashes"].items()},
                seal=str(record["seal"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what, remedy = f"is no certificate ({error!r})", "write it again with siting plan"
            raise DataError(Problem(file=file, what=what, remedy=remedy)) from error


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a check found. `objective`, `bound` and `gap` are the checker's own figures.

    `accepted` only when there are no faults; the figures are NaN where a fault kept them from
    being computed. `status` is "proved" where no better answer can exist.
    """

    accepted: bool
    kind: str
    objective: float
    bound: float
    gap: float
    gap_uncovered: float | None
    status: Status
    faults: tuple[str, ...]


def certify(solution: Solution, inputs: Inputs) -> Certificate:
    """Return the certificate of an answer to these inputs.

    Raises
    ------
    ConfigurationError
        When the answer does not belong to the inputs: it breaks their limits, is worth something
        else, or carries no dual vector of theirs.
    """
    chosen = np.asarray(solution.chosen, np.int64)
    prices = np.asarray(solution.prices, np.float64)
    faults = inputs.faults(chosen)
    if not faults:
        worth = inputs.worth(chosen)
        if not _same(worth, solution.objective):
            faults = [f"its objective is {solution.objective!r}, these inputs give {worth!r}"]
    faults = faults or inputs.price_faults(prices, np.zeros(2))
    if faults:
        remedy = "certify with the inputs that were solved"
        raise ConfigurationError(
            [Problem(column="solution", what=w, remedy=remedy) for w in faults]
        )
    room_prices = inputs.room_prices(prices)
    draft = Certificate(
        kind=inputs.kind,
        version=VERSION,
        chosen=chosen,
        objective=worth,
        bound=inputs.limit(prices, room_prices),
        prices=prices,
        room_prices=room_prices,
        hashes=inputs.hashes(),
    )
    return _with_seal(draft)


def _with_seal(draft: Certificate) -> Certificate:
    arrays, record = draft.parts()
    return Certificate.from_parts(arrays, record | {"seal": draft.sealed()})


def verify_certificate(certificate: Certificate, inputs: Inputs) -> Verdict:
    """Recompute everything a certificate says from the inputs, and tell what does not hold."""
    faults = _identity_faults(certificate, inputs)
    chosen = np.asarray(certificate.chosen, np.int64)
    objective = bound = float("nan")
    broken = [] if faults else inputs.faults(chosen)
    if not faults and not broken:
        objective = inputs.worth(chosen)
        if not _same(objective, certificate.objective):
            broken.append(f"the choice is worth {objective!r}, not {certificate.objective!r}")
    if not faults:
        bad_prices = inputs.price_faults(certificate.prices, certificate.room_prices)
        if not bad_prices:
            bound = inputs.limit(certificate.prices, certificate.room_prices)
            if not _same(bound, certificate.bound):
                broken.append(f"the prices prove {bound!r}, not {certificate.bound!r}")
        broken += bad_prices
    faults += broken
    room = bound - objective if inputs.highest else objective - bound
    known = not np.isnan(room)
    gap = relative(room, bound if inputs.highest else objective) if known else room
    total = inputs.total
    return Verdict(
        accepted=not faults,
        kind=inputs.kind,
        objective=objective,
        bound=bound,
        gap=gap,
        gap_uncovered=relative(room, total - objective) if total and known else None,
        status="proved" if gap <= PROVED_RELATIVE and not faults else "feasible",
        faults=tuple(faults),
    )


def _identity_faults(certificate: Certificate, inputs: Inputs) -> list[str]:
    """Return why the certificate is not one of these inputs, or not as it was written."""
    faults = []
    if certificate.version != VERSION:
        faults.append(f"version {certificate.version} is not known, only {VERSION}")
    if certificate.kind != inputs.kind:
        faults.append(f"is of kind {certificate.kind!r}, the inputs are of {inputs.kind!r}")
    hashes = inputs.hashes()
    wrong = sorted(
        name
        for name in {*hashes, *certificate.hashes}
        if hashes.get(name) != certificate.hashes.get(name)
    )
    if wrong:
        faults.append(f"was made from other inputs: {', '.join(wrong)}")
    if certificate.seal != certificate.sealed():
        faults.append("the seal is broken: a field was changed after it was written")
    return faults


def _same(ours: float, told: float) -> bool:
    """Tell whether two figures differ by no more than the order of sums can."""
    return bool(abs(ours - told) <= SAME_RELATIVE * max(abs(ours), abs(told)))


def save_certificate(certificate: Certificate, path: str | Path) -> Path:
    """Write a certificate as one .npz file; the same certificate gives the same bytes."""
    return write_arrays(path, *certificate.parts())


def load_certificate(path: str | Path) -> Certificate:
    """Read a certificate; MissingDataError or DataError when it is none. It is not checked yet."""
    return Certificate.from_parts(*read_arrays(path), file=str(path))
