"""Every bad input that a test gives, by family: docs/reference/bad_input.md says what each means."""

from __future__ import annotations

import bad_inputs_check
import bad_inputs_files
import bad_inputs_folder
import bad_inputs_harm
import bad_inputs_places
import bad_inputs_rasters
import bad_inputs_rows
import bad_inputs_shapes
from bad_input_case import Case

CASES: tuple[Case, ...] = (
    *bad_inputs_files.CASES,
    *bad_inputs_places.CASES,
    *bad_inputs_shapes.CASES,
    *bad_inputs_harm.CASES,
    *bad_inputs_rasters.CASES,
    *bad_inputs_folder.CASES,
    *bad_inputs_check.CASES,
    *bad_inputs_rows.CASES,
)

REFUSED = tuple(case for case in CASES if not case.rejected)
"""The source as a whole is refused, or the folder is found to be damaged."""
REJECTED = tuple(case for case in CASES if case.rejected)
"""One row is rejected, and the others are written."""
