"""Say where coordinates are: which CRS, which datum, and how sure that is."""
