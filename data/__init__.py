"""The only package that opens a database or a file."""
