"""Work, pure: case states, deadlines, indicators. No I/O."""
