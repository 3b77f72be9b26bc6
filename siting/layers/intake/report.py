"""What an import, or taking one back, did: figures, reasons and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from siting.errors import Problem
    from siting.layers.intake.request import Request


@dataclass(frozen=True, kw_only=True, repr=False)
class ImportReport:
    """What an import read, wrote and refused; printed, it reads as the command line tells it.

    Attributes
    ----------
    layer, source
        The layer, and what the source is called.
    files
        The files that were written into the folder of layers, or would have been in a dry run;
        empty where nothing changed.
    rows_read, rows_written, rows_rejected, rows_left_out
        Rows of the source; in an update `rows_written` counts the rows that were updated.
    sector_rows
        Rows of `sectors.gpkg`, 0 where the source lists no sectors.
    rejected_file
        NAME.rejected.csv, "" where no row was rejected.
    problems
        Why rows were rejected, the first rows of each reason one by one.
    datum, crs
        What the coordinates of the source were in; "" where it has none.
    evidence, likelihoods
        What speaks for that, in lines, and the share of belief of each hypothesis.
    notes
        What was done on the way: encodings, units, cells set, shapes repaired.
    replaced
        The files that stood there before and now lie in `.replaced`.
    changed
        False where the folder held exactly this already.
    dry_run
        True where nothing was to be written.
    provenance
        How the rows written are known, with counts.
    next_steps
        What the planner may do now.

    """

    layer: str
    source: str
    files: tuple[str, ...] = ()
    rows_read: int = 0
    rows_written: int = 0
    rows_rejected: int = 0
    rows_left_out: int = 0
    sector_rows: int = 0
    rejected_file: str = ""
    problems: tuple[Problem, ...] = ()
    datum: str = ""
    crs: str = ""
    evidence: tuple[str, ...] = ()
    likelihoods: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    changed: bool = True
    dry_run: bool = False
    provenance: str = ""
    next_steps: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Return what a planner reads after an import, rejected rows first."""
        return "\n".join([*map(str, self.problems), *self.lines()])

    def lines(self, folder: str = "") -> list[str]:
        """Return the lines that a planner reads after an import into `folder`."""
        if not self.changed:
            return [f"{self.layer}: holds exactly this already; nothing was changed"]
        raster = any(file.endswith(".tif") for file in self.files)
        done = "would be written (--dry-run)" if self.dry_run else "written"
        lines = [f"{self.layer}: {', '.join(self.files)} {done}"]
        lines += [] if raster else [self._rows()]
        if self.rejected_file:
            place = f"{folder}/{self.rejected_file}" if folder else self.rejected_file
            would = " (not written in a dry run)" if self.dry_run else ""
            lines.append(f"rejected rows, with reasons: {place}{would}")
        if self.datum:
            as_what = "kept as they are" if raster else "written as WGS 84 (EPSG:4326)"
            lines.append(f"coordinates: {self.datum} ({self.crs}), {as_what}")
        lines += [f"  {line}" for line in self.evidence]
        shares = ", ".join(f"{name} {share:.1%}" for name, share in self.likelihoods)
        lines += [f"  likelihood: {shares}"] if len(self.likelihoods) > 1 else []
        lines += [f"note: {note}" for note in self.notes]
        lines += [f"provenance: {self.provenance}"] if self.provenance else []
        if self.replaced:
            lines.append(f"replaced: {', '.join(self.replaced)} (kept in .replaced)")
        return [*lines, *(f"next: {step}" for step in self.next_steps)]

    def _rows(self) -> str:
        """Return how many rows were read, written, rejected and left out."""
        rows = f"rows: {self.rows_read:,} read, {self.rows_written:,} written"
        rows += f", {self.sector_rows:,} sectors" if self.sector_rows else ""
        rows += f", {self.rows_rejected:,} rejected"
        return rows + (f", {self.rows_left_out:,} left out" if self.rows_left_out else "")

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "layer": self.layer,
            "source": self.source,
            "files": list(self.files),
            "changed": self.changed,
            "dry_run": self.dry_run,
            "rows": {
                "read": self.rows_read,
                "written": self.rows_written,
                "rejected": self.rows_rejected,
                "left_out": self.rows_left_out,
                "sectors": self.sector_rows,
            },
            "rejected_file": self.rejected_file,
            "rejected": [problem.as_dict() for problem in self.problems],
            "datum": self.datum,
            "crs": self.crs,
            "evidence": list(self.evidence),
            "likelihoods": [
                {"hypothesis": name, "likelihood": share} for name, share in self.likelihoods
            ],
            "provenance": self.provenance,
            "notes": list(self.notes),
            "replaced": list(self.replaced),
            "next_steps": list(self.next_steps),
        }


@dataclass(frozen=True, kw_only=True)
class RemovalReport:
    """What taking back the last import of a layer removed and brought back."""

    layer: str
    removed: tuple[str, ...]
    restored: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return {
            "layer": self.layer,
            "removed": list(self.removed),
            "restored": list(self.restored),
            "notes": list(self.notes),
        }


def next_steps(request: Request, *, replaced: bool) -> tuple[str, ...]:
    """Return what the planner may do after an import."""
    if request.dry_run:
        return ("leave --dry-run out to write it",)
    check = f"siting layers check --layers {request.directory.as_posix()}"
    back = f"siting layers remove {request.layer} takes this import back"
    return (check, back) if replaced else (check,)
