"""Repair shapes and report what is odd about them."""
