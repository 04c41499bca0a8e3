-- What an extract brings, before it is compared with what is stored. Temporary, so that nothing is
-- left of an import that is broken off, and rows are not written to the log before they are merged.
DROP TABLE IF EXISTS pg_temp.osm_building, pg_temp.osm_road, pg_temp.osm_water, pg_temp.osm_place,
    pg_temp.osm_address, pg_temp.osm_landuse, pg_temp.osm_fault, pg_temp.osm_households,
    pg_temp.osm_ground, pg_temp.osm_region;
CREATE TEMPORARY TABLE osm_building (
    external_id text NOT NULL, name text, address text, use text, levels integer, units integer,
    flats integer, footprint_m2 double precision NOT NULL, geom geometry NOT NULL,
    inside geometry GENERATED ALWAYS AS (ST_PointOnSurface(geom)) STORED
) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_road (
    external_id text NOT NULL, name text, highway text NOT NULL, geom geometry NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_water (
    external_id text NOT NULL, name text, kind text NOT NULL, geom geometry NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_place (
    external_id text NOT NULL, name text NOT NULL, name_en text, kind text NOT NULL,
    geom geometry NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_address (
    external_id text NOT NULL, name text, address text NOT NULL, geom geometry NOT NULL,
    building_id bigint, is_known boolean NOT NULL DEFAULT false
) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_landuse (use text NOT NULL, geom geometry NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_fault (external_id text NOT NULL) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_households (
    external_id text NOT NULL, households integer NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_ground (
    external_id text NOT NULL, landuse text, compound text, address text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE osm_region (geom geometry NOT NULL) ON COMMIT DROP;
