-- Notices that no channel has taken yet. They are looked for among those of the last day only: who
-- comes back after a longer stop is not told what has long been over.
INSERT INTO notice_delivery (
    district_id, channel_id, notice_id, kind, case_id, made_at, state, attempts, next_at)
SELECT c.district_id, c.id, n.id, n.kind, n.case_id, n.made_at, 'waiting', 0, :at
FROM notice AS n
JOIN notice_channel AS c ON c.district_id = n.district_id AND c.active AND n.made_at >= c.since
    AND (c.unit_id = n.unit_id OR c.account_id = n.account_id)
    AND (c.kinds IS NULL OR c.kinds ? n.kind)
WHERE n.district_id = :district_id
  AND n.made_at > CAST(:at AS timestamptz) - CAST('1 day' AS interval)
ON CONFLICT DO NOTHING
