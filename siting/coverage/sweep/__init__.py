"""Coverage of a whole network by a radial sweep of the terrain around each mast."""
