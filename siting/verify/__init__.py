"""Check a finished plan: its limits, its worth and its proof, without the solver that made it."""

from siting.verify.check import Check, PhaseVerdict, PlanVerdict, verify_plan

__all__ = ["Check", "PhaseVerdict", "PlanVerdict", "verify_plan"]
