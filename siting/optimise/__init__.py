"""Choose among candidate sites, and prove how good the choice is.

Arrays in, `Solution` out; nothing here knows geography. The arguments are a sparse matrix demand x
site and a weight per demand row; the answer names columns. Every answer carries a bound that no
choice can beat.
"""

from siting.optimise.coverage_model import maximise_coverage
from siting.optimise.median_model import p_median
from siting.optimise.solution import Effort, Reductions, Solution, measured

__all__ = ["Effort", "Reductions", "Solution", "maximise_coverage", "measured", "p_median"]
