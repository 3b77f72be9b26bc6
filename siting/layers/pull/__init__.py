"""Fetch open data where there is internet; say so where there is none."""
