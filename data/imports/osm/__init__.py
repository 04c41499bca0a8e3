"""Whole OpenStreetMap extracts (.osm.pbf): areas, buildings, roads, water, places, addresses."""
