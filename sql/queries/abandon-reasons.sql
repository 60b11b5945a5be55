-- Why do calls fail or get given up, and how long did that take?
--
-- Visits of queues that no agent answered, by their end, and sessions that never entered a queue or reached an agent, by their
-- outcome. The reason and the deflection are those of the session as the API sent them. Seconds are from entering the queue to
-- leaving it, or from the creation of a session without a queue to its end. Visits that still wait and open sessions are not in the answer.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before its queue entry in which its session may have been created, for scheduled calls.
WITH {{part visits}},
{{part queue-names of=visits}},
ends AS (
  SELECT
    v.tenant,
    v.queue_id,
    v.queue,
    v.exit AS ended_as,
    s.fail_reason,
    s.deflection,
    CAST(v.entered AS date) AS day,
    v.milliseconds
  FROM named AS v
  JOIN session_outcome AS s
    ON s.tenant = v.tenant AND s.dt = v.dt AND s.channel = v.channel AND s.session_id = v.session_id
  WHERE v.exit NOT IN ('answered', 'open')
  UNION ALL
  SELECT
    tenant,
    CAST(NULL AS bigint) AS queue_id,
    '(no queue)' AS queue,
    outcome AS ended_as,
    fail_reason,
    deflection,
    CAST(with_timezone(session_created_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    date_diff('millisecond', session_created_at, ended_at) AS milliseconds
  FROM session_outcome
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND {{channel}} IN ('both', channel)
    AND NOT has_queue
    AND agent_legs = 0
    AND outcome NOT IN ('open', 'zombie')
)
SELECT
  tenant,
  queue_id,
  queue,
  ended_as,
  fail_reason,
  deflection,
  count(*) AS unanswered,
  round(sum(milliseconds) / 1e3 / count(milliseconds), 1) AS average_seconds
FROM ends
WHERE day BETWEEN {{from}} AND {{to}}
GROUP BY tenant, queue_id, queue, ended_as, fail_reason, deflection
ORDER BY unanswered DESC, tenant, queue, queue_id, ended_as, fail_reason, deflection
