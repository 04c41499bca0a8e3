"""Bring a plan up to date so that the fewest households change grid; see `geo.grids.revise`."""
