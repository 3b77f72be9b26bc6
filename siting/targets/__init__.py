"""The ledger of commitments: what was promised, in which words, and whether the plan meets it."""

from siting.targets.comparison import OPERATORS, Part, met, parse_parts
from siting.targets.ledger import KINDS, TIERS, empty_ledger, read_targets
from siting.targets.progress import progress_problems, read_progress
from siting.targets.status import target_status

__all__ = [
    "KINDS",
    "OPERATORS",
    "TIERS",
    "Part",
    "empty_ledger",
    "met",
    "parse_parts",
    "progress_problems",
    "read_progress",
    "read_targets",
    "target_status",
]
