"""Redrawing a draft: edits of a community's grids that keep them a coverage."""
