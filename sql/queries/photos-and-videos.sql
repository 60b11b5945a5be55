-- How many photos and videos do end users send, in calls and in chats?
--
-- Per queue: all conversations, conversations with a photo or a video, and photos and videos per hundred conversations.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH media AS (
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
per_conversation AS (
  SELECT tenant, dt, parent_type, parent_id, sum(photos) AS photos, sum(videos) AS videos
  FROM media
  GROUP BY tenant, dt, parent_type, parent_id
),
conversations AS (
  SELECT tenant, dt, 'call' AS channel, id, queue_name
  FROM call
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
  UNION ALL
  SELECT tenant, dt, 'chat' AS channel, id, queue_name
  FROM chat
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  c.tenant,
  c.channel,
  coalesce(c.queue_name, '(no queue)') AS queue_name,
  count(*) AS conversations,
  count(*) FILTER (WHERE m.photos > 0) AS with_photo,
  count(*) FILTER (WHERE m.videos > 0) AS with_video,
  round(100e0 * coalesce(sum(m.photos), 0) / count(*), 1) AS photos_per_hundred,
  round(100e0 * coalesce(sum(m.videos), 0) / count(*), 1) AS videos_per_hundred
FROM conversations AS c
LEFT JOIN per_conversation AS m
  ON m.tenant = c.tenant AND m.dt = c.dt AND m.parent_type = c.channel AND m.parent_id = c.id
GROUP BY c.tenant, c.channel, coalesce(c.queue_name, '(no queue)')
ORDER BY c.tenant, c.channel, queue_name
