"""Bring a planner's file in: open, map, place, check, write."""
