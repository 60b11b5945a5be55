-- How quickly are chats of each queue taken and answered?
--
-- Entries of chats into each queue with their waits, as in `service-level`, on the day of the entry. The response times and
-- messages are the API's averages and maxima per chat. They count for the first queue of a chat that reached an agent, on the
-- day of its creation, and `answered_sessions` is the number of these chats. Times are in seconds.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     chat            chat      Chats.
--   ahead       whole           7         Days before its queue entry in which its session may have been created, for chats that are resumed.
WITH {{part visits}},
entries AS (
  SELECT
    tenant,
    queue_id,
    max_by(queue_name, session_created_at) AS queue_name,
    {{part visit-exits}},
    {{part waits}}
  FROM visits
  WHERE CAST(entered AS date) BETWEEN {{from}} AND {{to}}
  GROUP BY tenant, queue_id, CASE WHEN queue_id IS NULL THEN queue_name END
),
{{part sessions}},
answered AS (
  SELECT
    s.tenant,
    s.queue_id,
    s.queue_name,
    s.session_created_at,
    c.average_response_time,
    c.longest_response_time,
    c.message_count,
    c.chat_duration
  FROM sessions AS s
  JOIN chat AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.session_id
  WHERE c.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND s.channel = 'chat'
    AND s.agent_legs > 0
    AND CAST(s.created AS date) BETWEEN {{from}} AND {{to}}
),
responses AS (
  SELECT
    tenant,
    queue_id,
    max_by(queue_name, session_created_at) AS queue_name,
    count(*) AS answered_sessions,
    round(avg(average_response_time), 1) AS average_response_time,
    max(longest_response_time) AS longest_response_time,
    round(avg(message_count), 1) AS average_messages,
    round(avg(chat_duration), 1) AS average_chat_duration
  FROM answered
  GROUP BY tenant, queue_id, CASE WHEN queue_id IS NULL THEN queue_name END
)
SELECT
  coalesce(e.tenant, r.tenant) AS tenant,
  coalesce(e.queue_id, r.queue_id) AS queue_id,
  coalesce(q.queue, e.queue_name, r.queue_name, '(no queue)') AS queue,
  coalesce(e.visits, 0) AS visits,
  coalesce(e.offered, 0) AS offered,
  coalesce(e.answered, 0) AS answered,
  coalesce(e.abandoned, 0) AS abandoned,
  coalesce(e.deflected, 0) AS deflected,
  coalesce(e.failed, 0) AS failed,
  coalesce(e.cancelled, 0) AS cancelled,
  coalesce(e.waiting, 0) AS waiting,
  coalesce(e.voicemail_visits, 0) AS voicemail_visits,
  coalesce(e.unknown_waits, 0) AS unknown_waits,
  e.average_wait,
  e.longest_wait,
  coalesce(r.answered_sessions, 0) AS answered_sessions,
  r.average_response_time,
  r.longest_response_time,
  r.average_messages,
  r.average_chat_duration
FROM entries AS e
FULL JOIN responses AS r
  ON r.tenant = e.tenant
  AND coalesce(CAST(r.queue_id AS varchar), concat('name ', r.queue_name), '') =
    coalesce(CAST(e.queue_id AS varchar), concat('name ', e.queue_name), '')
LEFT JOIN queue AS q ON q.tenant = coalesce(e.tenant, r.tenant) AND q.queue_id = coalesce(e.queue_id, r.queue_id)
ORDER BY tenant, queue, queue_id
