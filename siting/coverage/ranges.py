"""Refuse numbers outside a model's range, all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from siting.errors import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import ArrayLike

GROUNDS = ("bare_earth", "surface")


class RangeCheck:
    """Collect what lies outside its range, then raise once."""

    def __init__(self, model: str = "") -> None:
        self._model = f"{model}: " if model else ""
        self._problems: list[Problem] = []

    def within(
        self, name: str, values: ArrayLike, least: float, largest: float, *, unit: str
    ) -> None:
        """Note a problem unless every value lies in [least, largest]; NaN never does."""
        array = np.atleast_1d(np.asarray(values, dtype=np.float64))
        outside = ~((array >= least) & (array <= largest))
        if not outside.any():
            return
        worst = array[outside].flat[0]
        span = f"{least:g} or more" if np.isinf(largest) else f"{least:g} to {largest:g}"
        self.require(
            condition=False,
            name=name,
            what=f"{self._model}{worst:g} {unit} is outside the range".replace("  ", " "),
            remedy=f"use {span} {unit}".rstrip(),
        )

    def require(self, *, condition: bool, name: str, what: str, remedy: str) -> None:
        """Note a problem unless the condition holds."""
        if not condition:
            self._problems.append(Problem(column=name, what=what, remedy=remedy))

    def raise_all(self) -> None:
        """Raise a `ConfigurationError` with every problem that was noted, if any."""
        if self._problems:
            raise ConfigurationError(self._problems)


def require_choice(name: str, value: str, choices: Collection[str]) -> None:
    """Refuse a word that is not one of the choices."""
    if value in choices:
        return
    known = ", ".join(f'"{choice}"' for choice in choices)
    raise ConfigurationError(
        Problem(column=name, what=f'"{value}" is not known', remedy=f"use one of {known}")
    )


def refuse_clutter_on_surface(ground: str, clutter_height_m: ArrayLike) -> None:
    """Refuse heights of clutter [m] on a `surface` model, whose heights hold the clutter already.

    `ground` is what the heights of a profile are of, as `Terrain.kind`: `bare_earth` or `surface`.
    """
    require_choice("ground", ground, GROUNDS)
    if ground == "surface" and bool(np.any(np.asarray(clutter_height_m) != 0.0)):
        raise ConfigurationError(
            Problem(
                column="clutter_height_m",
                what="a surface model has trees and roofs already",
                remedy="give bare earth with clutter heights, or the surface model alone",
            )
        )
