"""Files from offices, towns and phones: read, checked, and stored in one transaction."""
