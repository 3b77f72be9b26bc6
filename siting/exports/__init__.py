"""Write a plan as files: plan.json, GeoPackage, workbook, coverage raster and edge tables."""
