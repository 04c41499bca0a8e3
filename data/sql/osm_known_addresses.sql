-- Addresses that their building says itself already need no row of their own.
DELETE FROM osm_address WHERE is_known
