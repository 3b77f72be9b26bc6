"""Turn the typed columns of a file into stripped text cells, "" where there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

WHOLE_UP_TO = 2.0**53


def text_columns(names: Sequence[str], arrays: Sequence[Any], rows: int) -> pd.DataFrame:
    """Return a table of text from Arrow columns of any type, in their order."""
    columns = dict(zip(names, (text_column(array) for array in arrays), strict=True))
    return pd.DataFrame(columns, index=pd.RangeIndex(rows), columns=list(names), dtype="str")


def text_column(array: Any) -> pd.Series:
    """Return one Arrow column as text.

    A whole number has no decimal point, a flag is true or false, a list or a struct is as Arrow
    writes it, bytes are hexadecimal.
    """
    import pyarrow as pa  # noqa: PLC0415 - takes half a second; only files with types need it
    import pyarrow.compute as pc  # noqa: PLC0415

    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    if pa.types.is_floating(array.type):
        text = _number_text(array)
    elif pa.types.is_binary(array.type) or pa.types.is_large_binary(array.type):
        text = pa.array([None if v is None else v.hex() for v in array.to_pylist()], pa.string())
    elif pa.types.is_nested(array.type):
        values = array.to_pylist()
        text = pa.array([None if value is None else str(value) for value in values], pa.string())
    else:
        text = array.cast(pa.large_string())
    text = pc.utf8_trim_whitespace(pc.fill_null(text, ""))
    return pd.Series(text.to_pandas(), dtype="str")


def _number_text(array: Any) -> Any:
    """Return floating numbers as text; 3502.0 is 3502, not a number is nothing."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    array = array.cast(pa.float64())
    array = pc.if_else(pc.is_nan(array), None, array)
    within = pc.less_equal(pc.abs(array), WHOLE_UP_TO)
    whole = pc.and_(within, pc.equal(array, pc.floor(array)))
    integers = pc.if_else(whole, array, None).cast(pa.int64()).cast(pa.large_string())
    return pc.coalesce(integers, array.cast(pa.large_string()))
