"""Find the coverage rasters of a file or a folder, and refuse what cannot be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from siting.errors import DataError, MissingDataError, Problem
from siting.maps.coverage.quantities import QUANTITIES, Quantity

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDINGS = (".tif", ".tiff")
ALIASES = {"server": "best_server", "margin": "second_margin"}
_MOST_RASTERS = 60


@dataclass(frozen=True, kw_only=True)
class CoverageRaster:
    """One band of one file: what it holds, where it lies, what its file says of itself.

    `group` is what it shares with others (the carrier or the phase), `threshold` what counts as
    served, None where nothing does. `bounds` are west, south, east, north in `crs`.
    """

    path: Path
    band: int
    id: str
    group: str
    quantity: Quantity
    threshold: float | None
    threshold_given: bool
    crs: str
    bounds: tuple[float, float, float, float]
    width: int
    height: int
    tags: Mapping[str, str] = field(default_factory=dict)


def find_rasters(source: str | Path) -> tuple[CoverageRaster, ...]:
    """Return the coverage rasters of a GeoTIFF, or of all in a folder, carrier by carrier.

    A file says what it holds by its tag `quantity` or its name, NAME_BAND_QUANTITY.tif. Files of a
    folder that are no coverage are left out.

    Raises
    ------
    MissingDataError
        There is no such file, or no coverage raster in the folder.
    DataError
        A raster cannot be read, has no CRS, or does not say what it holds; all at once.

    """
    given = Path(source)
    if given.is_dir():
        files = sorted(path for path in given.iterdir() if path.suffix.lower() in ENDINGS)
    else:
        files = [given] if given.is_file() else []
    rasters: list[CoverageRaster] = []
    problems: list[Problem] = []
    for path in files:
        try:
            rasters += _rasters_of(path, strict=not given.is_dir())
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    if not rasters:
        raise MissingDataError(_nothing(given))
    if len(rasters) > _MOST_RASTERS:
        what = f"{len(rasters)} rasters are more than one page can show"
        raise DataError(
            Problem(file=given.name, what=what, remedy=f"name one, or up to {_MOST_RASTERS}")
        )
    order = list(QUANTITIES)
    return tuple(sorted(rasters, key=lambda each: (_family(each), order.index(each.quantity.id))))


def _family(raster: CoverageRaster) -> tuple[str, int]:
    """Return what sorts rasters of one carrier together, and bands as their file has them."""
    return raster.path.stem.lower().removesuffix(_ending(raster.path)), raster.band


def _nothing(given: Path) -> Problem:
    remedy = "run siting plan or siting coverage compute first, or name a GeoTIFF of coverage"
    what = "holds no raster of coverage" if given.is_dir() else "there is no such raster"
    return Problem(file=given.as_posix(), what=what, remedy=remedy)


def _rasters_of(path: Path, *, strict: bool) -> list[CoverageRaster]:
    import rasterio  # noqa: PLC0415 (GDAL is heavy at import)
    from rasterio.errors import RasterioError  # noqa: PLC0415

    try:
        with rasterio.open(path) as file:
            tags = {key.lower(): str(value) for key, value in file.tags().items()}
            quantity = _quantity(path, tags)
            if quantity is None:
                if strict:
                    raise DataError(_unknown(path))
                return []
            if file.crs is None:
                remedy = "write its CRS into it, for example with gdal_edit"
                raise DataError(
                    Problem(file=path.name, what="the raster has no CRS", remedy=remedy)
                )
            return [_raster(path, file, number, quantity, tags) for number in file.indexes]
    except RasterioError as error:
        what = f"cannot be read ({error})"
        raise DataError(Problem(file=path.name, what=what, remedy="give a GeoTIFF")) from error


def _raster(
    path: Path, file: Any, number: int, quantity: Quantity, tags: Mapping[str, str]
) -> CoverageRaster:
    own = {key.lower(): str(value) for key, value in file.tags(number).items()}
    every = {**tags, **own}
    given = _threshold(path, quantity, every)
    several = file.count > 1
    called = str(file.descriptions[number - 1] or number) if several else _group(path, every)
    return CoverageRaster(
        path=path,
        band=number,
        id=f"{path.stem}_{number}" if several else path.stem,
        group=called,
        quantity=quantity,
        threshold=quantity.threshold if given is None else given,
        threshold_given=given is not None,
        crs=file.crs.to_wkt(),
        bounds=tuple(file.bounds),
        width=file.width,
        height=file.height,
        tags=every,
    )


def _quantity(path: Path, tags: Mapping[str, str]) -> Quantity | None:
    """Return what a file holds, by its tag or the end of its name."""
    said = tags.get("quantity", "").strip().lower()
    said = ALIASES.get(said, said)
    if said in QUANTITIES:
        return QUANTITIES[said]
    if "rsrp" in said:
        return QUANTITIES["rsrp"]
    ending = _ending(path)
    return QUANTITIES[ALIASES.get(ending, ending)] if ending else None


def _ending(path: Path) -> str:
    """Return the quantity at the end of a file's name, as it is written there; empty if none."""
    stem = path.stem.lower()
    return next((name for name in (*QUANTITIES, *ALIASES) if stem.endswith(name)), "")


def _group(path: Path, tags: Mapping[str, str]) -> str:
    """Return what rasters of one carrier share: its tag, or the name without the quantity."""
    if tags.get("carrier"):
        return tags["carrier"]
    stem = path.stem[: len(path.stem) - len(_ending(path))].rstrip("_")
    return stem or path.stem


def _threshold(path: Path, quantity: Quantity, tags: Mapping[str, str]) -> float | None:
    """Return what counts as served as the file says; one of another quantity's is not this one's."""
    said = next(
        (tags[key] for key in ("threshold", "threshold_dbm") if tags.get(key, "").strip()), ""
    )
    if not said or not quantity.steps:
        return None
    try:
        value = float(said.split()[0])
    except ValueError:
        value = float("nan")
    if quantity.steps[0] <= value <= quantity.steps[-1]:
        return value
    if value == value and quantity.id != "rsrp":  # noqa: PLR0124 (a number, the level's)
        return None
    what, remedy = f"its tag threshold, {said!r}, is no level", "write a number of dBm into it"
    raise DataError(Problem(file=path.name, what=what, remedy=remedy))


def _unknown(path: Path) -> Problem:
    known = ", ".join(QUANTITIES)
    return Problem(
        file=path.name,
        what="the raster does not say what it holds",
        remedy=f"name it NAME_BAND_QUANTITY.tif, or set its tag quantity: {known}",
    )
