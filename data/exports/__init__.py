"""Files that leave Sanbai: grids for a GIS, density rasters, one-file maps."""
