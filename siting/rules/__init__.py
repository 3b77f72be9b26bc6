"""Norms as data: which sites may stand, and on what condition."""

from __future__ import annotations

from siting.rules.screen import Rule, read_rules, screen

__all__ = ["Rule", "read_rules", "screen"]
