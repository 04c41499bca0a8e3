"""Space, pure: grids, datums, geocoding, tracks, hotspots. No I/O, no database, no web."""
