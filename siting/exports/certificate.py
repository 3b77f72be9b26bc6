"""Write certificate.npz: the covering problem of a plan and the proof of each phase's bound."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from siting.disk.arrays import write_arrays

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from siting.plan.model import PhaseProof, Proof

SCHEMA = "siting-proof/1"


def save_proof(proof: Proof, path: str | Path) -> Path:
    """Write a proof; docs/reference/plan.md lists the content.

    Parameters
    ----------
    proof
        The covering problem as it was solved, and a certificate per phase.
    path
        The file to write, usually outputs/certificate.npz.
    """
    problem, covers = proof.problem, proof.problem.covers
    arrays: dict[str, NDArray[Any]] = {
        "covers_start": covers.indptr,
        "covers_site": covers.indices,
        "covers_units": covers.data,
        "weights": problem.weights,
        "needed": problem.needed,
        "level": problem.level,
        "point": problem.point,
        "stations": proof.stations,
        "cost_cny": proof.cost_cny,
    }
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "assumptions": json.dumps(proof.assumptions, ensure_ascii=False),  # a text keeps its order
        "levels": list(proof.levels),
        "site_ids": list(proof.site_ids),
        "phases": [],
    }
    for number, phase in enumerate(proof.phases):
        own, told = phase.certificate.parts()
        arrays |= {f"{name}_{number}": values for name, values in own.items()}
        record["phases"].append(_phase(phase) | {"certificate": told})
    return write_arrays(path, {name: narrowed(values) for name, values in arrays.items()}, record)


def _phase(phase: PhaseProof) -> dict[str, Any]:
    return {
        "name": phase.name,
        "max_stations": phase.max_stations,
        "budget_cny": phase.budget_cny,
        "bound_gain": phase.bound_gain,
    }


def narrowed(values: NDArray[Any]) -> NDArray[Any]:
    """Return numbers in the narrowest type that holds them all exactly, as little-endian."""
    if len(values) and np.array_equal(values, np.rint(values)):
        for kind in ("<u1", "<u2", "<i4"):
            if np.iinfo(kind).min <= values.min() and values.max() <= np.iinfo(kind).max:
                return values.astype(kind)
    return values.astype("<i8" if values.dtype.kind in "iu" else "<f8")
