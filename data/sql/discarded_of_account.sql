SELECT device_id, CAST(sum(off_duty) AS integer) AS off_duty,
       CAST(sum(far_away) AS integer) AS far_away,
       CAST(sum(unreadable) AS integer) AS unreadable
FROM tracker_discard
WHERE district_id = :district_id AND account_id = :account_id AND day >= :since
GROUP BY device_id
