-- Staged rows as an import stores them.
SELECT * FROM {table}
