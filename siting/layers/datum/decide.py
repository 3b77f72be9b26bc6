"""Decide from the evidence: which hypothesis, how sure, and what must be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from siting.errors import Problem
from siting.layers.datum.crs import DATUMS
from siting.layers.datum.doubts import could_hide, hidden_batch, hidden_mix, shifted, unseen_share
from siting.layers.datum.hypotheses import same_degrees
from siting.layers.datum.judge import shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from siting.layers.datum.hypotheses import Hypothesis
    from siting.layers.datum.judge import Weighing
    from siting.layers.datum.reading import Orders, Reading
    from siting.layers.datum.surroundings import Surroundings
    from siting.layers.datum.verdict import Claims

SURE, SURE_OF_BATCH = 0.99, 0.998
"""A hypothesis is taken where its share is at least this: for a whole file, for each of batches."""
FIRM = 3.0
"""What a declared CGCS2000 or a datum in words counts as evidence: odds of 20 to 1."""
REMEDY = "say which with --datum wgs84, cgcs2000, gcj02 or bd09"
DOUBT_REMEDY = (
    "split the file, give it a column for its batches (batch, operator), or say --datum {} to take "
    "it as one"
)


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """Shares of the options (columns) for each batch (rows), and what follows."""

    options: list[Hypothesis]
    table: NDArray[np.float64]
    best: NDArray[np.int64]
    sure: bool
    likelihoods: tuple[tuple[str, float], ...]


def judged(options: list[Hypothesis], weighings: list[Weighing], orders: Orders) -> Judgement:
    """Return the share of each option, with what the file says counted as evidence."""
    totals = np.array([one.total for one in weighings])
    said = [k for k, one in enumerate(options) if same_degrees(one.datum, orders.said.datum)]
    if orders.said.firm and said and not orders.datum and len(totals) == 1:
        totals[:, said[0]] += FIRM  # of a file pasted from batches it says little
    table = shares(totals)
    mean = table.mean(axis=0)
    order = np.argsort(-mean, kind="stable")
    return Judgement(
        options=options,
        table=table,
        best=table.argmax(axis=1),
        sure=bool((table.max(axis=1) >= (SURE if len(table) == 1 else SURE_OF_BATCH)).all()),
        likelihoods=tuple((options[k].label, float(mean[k])) for k in order),
    )


def question_of(
    claims: Claims,
    orders: Orders,
    found: Judgement,
    weighings: list[Weighing],
    surroundings: Surroundings,
    seed: int,
) -> Problem | None:
    """Return what must be asked, None where the evidence decides."""
    weighed = ", ".join(f"{label} {share:.1%}" for label, share in found.likelihoods)
    if not found.sure:
        what = f"the datum cannot be told from what is here: {weighed}"
        return Problem(file=claims.file, what=what, remedy=REMEDY)
    for one, k in zip(weighings, found.best, strict=True):
        doubt = _doubt(
            claims, found.options, one, int(k), surroundings, seed, alone=len(weighings) == 1
        )
        if doubt:
            remedy = DOUBT_REMEDY.format(found.options[k].datum)
            return Problem(file=claims.file, what=doubt, remedy=remedy)
    said = orders.said.datum
    against = [k for k in found.best if said and not same_degrees(found.options[k].datum, said)]
    if against and len(found.options) > 1:
        what = f"the file says {DATUMS[said]} and the evidence speaks against it: {weighed}"
        return Problem(file=claims.file, what=what, remedy=REMEDY)
    return None


def _doubt(
    claims: Claims,
    options: list[Hypothesis],
    weighing: Weighing,
    best: int,
    surroundings: Surroundings,
    seed: int,
    *,
    alone: bool,
) -> str:
    """Return why the decision on a batch cannot stand although the whole speaks for it, or "".

    `alone` says that no column parts the file in batches.
    """
    label, tree = options[best].label, surroundings.road_points
    batch = hidden_batch(weighing.by_record, best)
    if batch is not None:
        first, last = claims.rows[weighing.chosen[[batch.first, batch.last]]]
        other = options[batch.other].label
        return f"rows about {first} to {last} look like {other} where the file is {label}"
    mix = hidden_mix(weighing.by_record, best)
    if mix is not None:
        return (
            f"about {mix[1]:.0%} of the records look like {options[mix[0]].label} where the file is "
            f"{label}: two datums in one file"
        )
    # BD-09 lies so far off that outlines tell it; for the others that is asked of them too much
    unseen = tree is None and alone and options[best].datum != "bd09"
    if unseen and could_hide(weighing.by_record, best):
        return (
            f"the records together are {label}, but without roads a twentieth of them could have "
            "another datum unseen"
        )
    return _beside(weighing, best, label, surroundings, seed)


def unseen_lines(weighings: list[Weighing], best: int) -> tuple[str, ...]:
    """Return what could hide in a file that is read as one datum; nothing of one in batches."""
    share = unseen_share(weighings[0].by_record, best) if len(weighings) == 1 else 0.0
    if not share:
        return ()
    line = f"read as one datum: another one in up to about {share:.0%} of the records would not be seen"
    return (line,)


def _beside(
    weighing: Weighing, best: int, label: str, surroundings: Surroundings, seed: int
) -> str:
    """Return where the roads expect the records, where that is not where they are."""
    tree = surroundings.road_points
    found = None if tree is None else shifted(*weighing.points[best], tree, seed=seed)
    if found is None:
        return ""
    return (
        f"as {label} the records lie about {found[0]:.0f} m {found[1]} of where the roads expect "
        "them: another datum, such as Beijing 1954 or Xi'an 1980?"
    )


def objections(
    reading: Reading,
    found: Judgement,
    weighings: list[Weighing],
    surroundings: Surroundings,
    seed: int,
) -> tuple[str, ...]:
    """Return what speaks clearly against an order that is obeyed."""
    lines = []
    if float(found.table[:, 0].max()) < 1.0 - SURE:
        label, share = found.likelihoods[0]
        lines.append(
            f"{reading.main.label} is ordered and obeyed; the evidence is for {label} ({share:.1%})"
        )
    elif len(weighings) == 1:
        beside = _beside(weighings[0], 0, reading.main.label, surroundings, seed)
        lines += [f"obeyed as ordered, but {beside}"] if beside else []
    return tuple(lines)


def evidence_lines(options: list[Hypothesis], weighings: list[Weighing]) -> tuple[str, ...]:
    """Return what each kind of evidence says, for the planner; nothing where nothing competes."""
    if len(options) < 2:
        return ()
    lines = []
    for said, parts, counts in (
        ("roads", [w.roads for w in weighings], sum(w.road_records for w in weighings)),
        ("outlines", [w.outlines for w in weighings], sum(w.border_stretches for w in weighings)),
        ("named places", [w.places for w in weighings], sum(w.named_places for w in weighings)),
    ):
        units = {"roads": "records", "outlines": "stretches of border", "named places": "places"}
        if not counts:
            lines.append(f"{said}: no evidence")
            continue
        total = np.sum(parts, axis=0)
        total = total - total.max()
        words = ", ".join(f"{o.label} {v:.1f}" for o, v in zip(options, total, strict=True))
        lines.append(f"{said} ({counts} {units[said]}): log-likelihood {words}")
    return tuple(lines)
