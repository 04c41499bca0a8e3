-- What a gazetteer is made from, as one text that changes with each change, and whether this very
-- transaction made one of the changes: then others do not see them, and may never.
SELECT coalesce(string_agg(
           l.layer || ' ' || l.version || ' ' || extract(epoch FROM l.changed_at), ',' ORDER BY l.layer
       ), '') AS state,
       coalesce(bool_or(
           age(l.xmin) <= age(CAST(pg_current_xact_id_if_assigned() AS xid))
       ), false) AS is_own
FROM layer_version AS l
WHERE l.district_id = :district_id
  AND l.layer IN ('addresses', 'areas', 'buildings', 'places', 'roads')
