"""Check, cut and write rasters: no void becomes sea level."""
