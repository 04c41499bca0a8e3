"""A layer becomes bytes. No HTTP."""
