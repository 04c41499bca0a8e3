"""Running lists of other offices 台账: read as they are kept, checked, and filed as cases."""
