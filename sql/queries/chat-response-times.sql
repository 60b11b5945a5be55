-- How quickly are chats of each queue taken and answered?
--
-- Times are in seconds. Waiting is the time from entering the queue until an agent took the chat, or the API's time in the queue
-- where it does not say when that was. Response times are the API's averages and maxima per chat, over the chats that an
-- agent took.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
SELECT
  tenant,
  coalesce(queue_name, '(no queue)') AS queue_name,
  count(*) AS chats,
  count(*) FILTER (WHERE assigned_at IS NOT NULL) AS taken,
  round(
    avg(coalesce(date_diff('millisecond', queued_at, assigned_at) / 1e3, queue_duration)) FILTER (WHERE assigned_at IS NOT NULL),
    1
  ) AS average_wait,
  round(avg(average_response_time) FILTER (WHERE assigned_at IS NOT NULL), 1) AS average_response_time,
  max(longest_response_time) AS longest_response_time,
  round(avg(message_count) FILTER (WHERE assigned_at IS NOT NULL), 1) AS average_messages,
  round(avg(chat_duration) FILTER (WHERE assigned_at IS NOT NULL), 1) AS average_chat_duration
FROM chat
WHERE tenant LIKE {{tenant}}
  AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
GROUP BY tenant, coalesce(queue_name, '(no queue)')
ORDER BY tenant, queue_name
