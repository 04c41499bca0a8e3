"""Live events: what changed is read once and told to all who may see it."""
