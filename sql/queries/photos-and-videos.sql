-- How many photos and videos do end users send, in calls and in chats?
--
-- Per channel and first queue, on the day of the session's creation: all sessions, sessions with a photo or a video, and photos and videos per
-- hundred sessions.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH {{part sessions}},
{{part queue-names of=sessions}},
media AS (
  SELECT tenant, dt, parent_type, parent_id, count(*) AS photos, 0 AS videos
  FROM photo
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  GROUP BY tenant, dt, parent_type, parent_id
  UNION ALL
  SELECT tenant, dt, parent_type, parent_id, 0 AS photos, count(*) AS videos
  FROM video
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  GROUP BY tenant, dt, parent_type, parent_id
),
per_session AS (
  SELECT tenant, dt, parent_type, parent_id, sum(photos) AS photos, sum(videos) AS videos
  FROM media
  GROUP BY tenant, dt, parent_type, parent_id
)
SELECT
  s.tenant,
  s.channel,
  s.queue_id,
  s.queue,
  count(*) AS sessions,
  count(*) FILTER (WHERE m.photos > 0) AS with_photo,
  count(*) FILTER (WHERE m.videos > 0) AS with_video,
  round(100e0 * coalesce(sum(m.photos), 0) / count(*), 1) AS photos_per_hundred,
  round(100e0 * coalesce(sum(m.videos), 0) / count(*), 1) AS videos_per_hundred
FROM named AS s
LEFT JOIN per_session AS m
  ON m.tenant = s.tenant AND m.dt = s.dt AND m.parent_type = s.channel AND m.parent_id = s.session_id
WHERE CAST(s.created AS date) BETWEEN {{from}} AND {{to}}
GROUP BY s.tenant, s.channel, s.queue_id, s.queue
ORDER BY s.tenant, s.channel, s.queue, s.queue_id
