r"""Choose p sites that serve everyone at the least weighted cost: the p-median.

$$\min_{|S| = p} \sum_i w_i \min_{j \in S} d_{ij}$$

(Hakimi, 1964.) The cost may be a dense array or sparse lists; a pair that is missing (or infinite)
cannot serve, and every row with a weight must be served. Rows without a weight are left out.
Greedy, swaps, a Lagrangian limit whose relaxed choices are searched on, and a few seeded
perturbations over the sites with the least reduced cost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from siting.errors import InfeasibleError
from siting.errors import Problem as Complaint
from siting.optimise.arguments import Checks, refuse_bad_values
from siting.optimise.median_bound import MedianBound, median_bound
from siting.optimise.median_core import MedianCore, cost_lists, new_service, serve
from siting.optimise.median_search import greedy, perturbed, swapped
from siting.optimise.solution import PROVED_RELATIVE, Reductions, Solution, relative
from siting.optimise.sparse import Rows, few_threads, filtered

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

MOST_SWAPS = 5000
POOL = 4
NAMED_ROWS = 5


def p_median(
    cost: sparse.csr_array | sparse.csr_matrix | NDArray[np.floating],
    weights: ArrayLike,
    *,
    p: int,
    locked: ArrayLike | None = None,
    forbidden: ArrayLike | None = None,
    truncated: bool = False,
    seed: int = 0,
    iterations: int = 400,
    perturbations: int = 8,
    progress: Callable[[float, str], None] | None = None,
) -> Solution:
    """Choose p sites of least weighted cost, with a proven bound no p sites can go below.

    Parameters
    ----------
    cost
        Demand x site, dense (infinite: cannot serve) or CSR (missing: cannot serve; a stored 0 is
        a cost of 0) [any unit], at least 0.
    weights
        Weight of each row, at least 0; a row of weight 0 need not be served.
    p
        Sites to choose, locked ones included, from 1 to the number of allowed sites.
    locked, forbidden
        Sites that must, and must not, be chosen: column numbers or a mask.
    truncated
        Each row lists its cheapest pairs only, and dearer ones exist: the bound then holds for the
        choice among all pairs. Without it a missing pair cannot serve.
    seed
        Order in which swaps and perturbations are tried.
    iterations, perturbations
        How long to tighten the bound and to search; counts, never seconds.
    progress
        Called with a share from 0 to 1 and a text.

    Returns
    -------
    Solution
        `bound` limits the cost from below; `gap` is a share of the objective; `gap_uncovered` is
        None; `gains` is what each site saves on those before it, against leaving a row at its
        dearest pair.

    Raises
    ------
    ConfigurationError
        When arguments cannot be used, or no allowed site reaches a row; all problems at once.
    InfeasibleError
        When no p sites were found that serve every row.
    """
    tell = progress or (lambda _share, _text: None)
    core, shape, weight = _checked(
        cost,
        weights,
        p,
        (locked, forbidden),
        (seed, iterations, perturbations),
        truncated=truncated,
    )
    rows, sites = shape
    with few_threads(len(core.lists.by_row.value)):
        limit = _searched_and_bounded(core, int(seed), int(iterations), tell)
        tell(0.8, "perturb")
        chosen = _perturbed(core, limit, seed=int(seed), rounds=int(perturbations))
    _refuse_unserved(core, chosen, np.flatnonzero(weight > 0))
    reductions = Reductions(
        rows=rows,
        rows_unreachable=0,
        rows_settled=rows - len(core.lists.weight),
        rows_merged=0,
        sites=sites,
        sites_useless=sites - len(core.sites),
    )
    tell(1.0, "done")
    answer = _solution(core, chosen, limit, reductions, int(seed))
    prices = np.zeros(rows)
    prices[weight > 0] = limit.prices
    return replace(answer, prices=prices)


def _searched_and_bounded(
    core: MedianCore, seed: int, iterations: int, tell: Callable[[float, str], None]
) -> MedianBound:
    """Return the proven limit and the best choice found on the way to it."""
    tell(0.0, "search")
    chosen, cost = swapped(core, greedy(core), seed=seed, most=MOST_SWAPS)
    service = new_service(core.lists)
    serve(core.lists, _mask(core, chosen), service)
    tell(0.2, "bound")
    return median_bound(
        core,
        chosen=chosen,
        cost=cost,
        service=service,
        iterations=iterations,
        seed=seed,
        report=lambda share: tell(0.2 + 0.6 * share, "bound"),
    )


def _checked(
    cost: object,
    weights: ArrayLike,
    p: int,
    sites_named: tuple[ArrayLike | None, ArrayLike | None],
    counts: tuple[int, int, int],
    *,
    truncated: bool,
) -> tuple[MedianCore, tuple[int, int], NDArray[np.float64]]:
    """Return the core, the shape of the matrix and the weights; or all complaints."""
    checks = Checks()
    matrix = _cost_matrix(checks, cost)
    checks.settle()
    rows, sites = matrix.shape
    weight = checks.numbers("weights", weights, rows)
    locked = checks.sites("locked", sites_named[0], sites)
    forbidden = checks.sites("forbidden", sites_named[1], sites)
    checks.apart(locked, forbidden)
    for name, value in zip(("seed", "iterations", "perturbations"), counts, strict=True):
        checks.count(name, value)
    size = checks.count("p", p, least=1)
    allowed = int((~forbidden).sum())
    if size > allowed:
        checks.note("p", f"is {size}, but {allowed} sites are allowed", "choose fewer")
    if size < locked.sum():
        checks.note("p", f"is {size}, but {int(locked.sum())} are locked", "choose more")
    if not (weight > 0).any():
        checks.note("weights", "are all 0", "give some row a weight")
    _note_unreached(checks, matrix, weight, forbidden)
    checks.settle()
    core = _core(matrix, weight, size, locked, forbidden)
    return replace(core, truncated=truncated), matrix.shape, weight


def _cost_matrix(checks: Checks, cost: Any) -> sparse.csr_array:
    """Return the cost as CSR that keeps stored zeros and leaves out infinite pairs."""
    matrix: sparse.csr_array
    if sparse.issparse(cost):
        given: Any = cost
        matrix = sparse.csr_array(given).astype(np.float64)
        if not matrix.has_canonical_format:
            matrix.sum_duplicates()
    else:
        dense = np.asarray(cost)
        if dense.ndim != 2 or dense.dtype.kind not in "biuf":
            checks.note("cost", "is not a matrix of numbers", "give CSR or an array, demand x site")
            return sparse.csr_array((0, 0), dtype=np.float64)
        row, column = np.nonzero(dense != np.inf)
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=dense.shape[0]))])
        matrix = sparse.csr_array(
            (dense[row, column].astype(np.float64), column, start), shape=dense.shape
        )
    refuse_bad_values(checks, "cost", matrix)
    return matrix


def _note_unreached(
    checks: Checks,
    matrix: sparse.csr_array,
    weight: NDArray[np.float64],
    forbidden: NDArray[np.bool_],
) -> None:
    """Note rows with a weight that no allowed site reaches, naming the first of them."""
    there = sparse.csr_array(
        (np.ones(len(matrix.data)), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    reached = there @ (~forbidden).astype(np.float64)
    lost = np.flatnonzero((reached == 0) & (weight > 0))
    if len(lost):
        names = ", ".join(str(row) for row in lost[:NAMED_ROWS])
        names += ", ..." if len(lost) > NAMED_ROWS else ""
        what = f"no allowed site reaches {len(lost)} rows ({names})"
        checks.note("cost", what, "add pairs or take these rows out", row=int(lost[0]))


def _core(
    matrix: sparse.csr_array,
    weight: NDArray[np.float64],
    p: int,
    locked: NDArray[np.bool_],
    forbidden: NDArray[np.bool_],
) -> MedianCore:
    """Return the problem over rows with a weight and sites that are allowed."""
    allowed = np.flatnonzero(~forbidden)
    new_index = np.full(matrix.shape[1], -1, np.int32)
    new_index[allowed] = np.arange(len(allowed), dtype=np.int32)
    kept = weight > 0
    rows = Rows(matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data)
    rows = Rows(*filtered(rows, kept, new_index, np.full(len(weight), np.inf)))
    whole = bool(np.all(weight == np.rint(weight)) and np.all(rows.value == np.rint(rows.value)))
    single = rows.value.astype(np.float32)
    if np.array_equal(single.astype(np.float64), rows.value):
        rows = Rows(rows.start, rows.partner, single)
    return MedianCore(
        lists=cost_lists(rows, weight[kept], len(allowed)),
        p=p,
        locked=locked[allowed],
        sites=allowed,
        whole=whole,
    )


def _mask(core: MedianCore, chosen: NDArray[np.int64]) -> NDArray[np.bool_]:
    mask = np.zeros(len(core.locked), np.bool_)
    mask[chosen] = True
    return mask


def _perturbed(
    core: MedianCore, limit: MedianBound, *, seed: int, rounds: int
) -> NDArray[np.int64]:
    """Return the best choice after some seeded changes, each followed by swaps."""
    chosen, cost = limit.chosen, limit.cost
    generator = np.random.default_rng(seed)
    pool = np.argsort(limit.reduced_cost, kind="stable")[: POOL * core.p]
    closed = cost - limit.value <= (1.0 - 1e-6 if core.whole else 1e-10 * cost)
    for k in range(0 if closed else rounds):
        begin = perturbed(core, chosen, pool, generator)
        found, found_cost = swapped(core, begin, seed=seed + k + 1, most=MOST_SWAPS)
        if found_cost < cost:
            chosen, cost = found, found_cost
    return chosen


def _refuse_unserved(core: MedianCore, chosen: NDArray[np.int64], rows: NDArray[np.int64]) -> None:
    """Raise when the best choice found leaves rows without service, naming some of them."""
    service = new_service(core.lists)
    serve(core.lists, _mask(core, chosen), service)
    lost = rows[service.site < 0]
    if len(lost):
        names = ", ".join(str(row) for row in lost[:NAMED_ROWS])
        what = f"no {core.p} sites were found that serve every row; without service: {len(lost)}"
        remedy = "choose more sites or add pairs"
        raise InfeasibleError(Complaint(column="p", what=f"{what} rows ({names})", remedy=remedy))


def _solution(
    core: MedianCore,
    chosen: NDArray[np.int64],
    limit: MedianBound,
    reductions: Reductions,
    seed: int,
) -> Solution:
    """Return the answer in the numbering of the question, in the order of greatest saving."""
    order, gains, objective = _saving_order(core, chosen)
    bound = limit.value
    if core.whole:
        bound = float(np.ceil(bound))
    bound = min(bound, objective)
    gap = relative(objective - bound, objective)
    return Solution(
        chosen=core.sites[order],
        gains=gains,
        objective=objective,
        bound=bound,
        gap=gap,
        gap_uncovered=None,
        status="proved" if gap <= PROVED_RELATIVE else "feasible",
        seed=seed,
        iterations=limit.iterations,
        reductions=reductions,
    )


def _saving_order(
    core: MedianCore, chosen: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], float]:
    """Return the choice, locked sites first then by greatest saving, the savings, and the cost."""
    lists = core.lists
    now = lists.by_row.value[lists.by_row.start[1:] - 1].astype(np.float64)
    left = [int(j) for j in np.sort(chosen)]
    order, gains = [], []
    while left:
        ahead = [j for j in left if core.locked[j]] or left
        savings = [_saving(core, now, j) for j in ahead]
        best = int(np.argmax(savings))
        site = ahead[best]
        pairs = slice(lists.by_site.start[site], lists.by_site.start[site + 1])
        rows = lists.by_site.partner[pairs]
        now[rows] = np.minimum(now[rows], lists.by_site.value[pairs])
        order.append(site)
        gains.append(savings[best])
        left.remove(site)
    objective = float(np.sum(lists.weight * now))
    return np.array(order, np.int64), np.array(gains), objective


def _saving(core: MedianCore, now: NDArray[np.float64], site: int) -> float:
    """Return what a site saves on the present cost of each row."""
    lists = core.lists
    pairs = slice(lists.by_site.start[site], lists.by_site.start[site + 1])
    rows, cost = lists.by_site.partner[pairs], lists.by_site.value[pairs]
    return float(np.sum(lists.weight[rows] * np.maximum(0.0, now[rows] - cost)))
