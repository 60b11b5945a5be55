-- How many callers do not need to call again?
--
-- This is an estimate, because callers are not asked. Inbound calls that reached an agent, by their first queue, on the day of their creation. A call
-- is `repeated` if the same end user calls again within the days after its end, and `resolved` if those days are over without a call.
-- `undecided` are calls whose days were not over when the newest call of the lake was created. The end user of `unknown_callers` is not known.
-- The four add up to `answered_inbound_sessions`. The percentage is that of `resolved` in `resolved` and `repeated`.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   days        whole           7         Days within which another call counts as a repeat.
--   repeat_in   any|queue       any       Where the other call counts: in any queue, or in the same first queue only.
WITH inbound AS (
  SELECT
    s.tenant,
    s.session_id,
    s.end_user_id,
    s.first_queue_id AS queue_id,
    s.first_queue_name,
    CAST(with_timezone(s.session_created_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    s.session_created_at AS created_at,
    s.agent_legs > 0 AS is_answered,
    lead(s.session_created_at) OVER (
      PARTITION BY s.tenant, s.end_user_id, CASE WHEN {{repeat_in}} = 'queue' THEN s.first_queue_id END
      ORDER BY s.session_created_at, s.session_id
    ) AS next_created_at,
    max(s.session_created_at) OVER (PARTITION BY s.tenant) AS newest_created_at,
    date_add('day', {{days}}, coalesce(s.ended_at, s.session_created_at)) AS decided_at
  FROM session_outcome AS s
  WHERE s.tenant LIKE {{tenant}}
    -- repeats come after the period
    AND s.dt BETWEEN {{dt from-1}} AND '9999-12-31'
    AND s.channel = 'call'
    AND s.direction = 'inbound'
),
answered AS (
  SELECT
    i.tenant,
    i.queue_id,
    coalesce(
      q.queue,
      max_by(i.first_queue_name, CASE WHEN i.first_queue_name IS NOT NULL THEN i.created_at END)
        OVER (PARTITION BY i.tenant, i.queue_id, CASE WHEN i.queue_id IS NULL THEN i.first_queue_name END),
      '(no queue)'
    ) AS queue,
    i.end_user_id IS NOT NULL AS is_known,
    coalesce(i.next_created_at < i.decided_at, false) AS is_repeated,
    i.newest_created_at >= i.decided_at AS is_decided
  FROM inbound AS i
  LEFT JOIN queue AS q ON q.tenant = i.tenant AND q.queue_id = i.queue_id
  WHERE i.is_answered
    AND i.day BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue_id,
  queue,
  count(*) AS answered_inbound_sessions,
  count(*) FILTER (WHERE is_known AND NOT is_repeated AND is_decided) AS resolved,
  count(*) FILTER (WHERE is_known AND is_repeated) AS repeated,
  count(*) FILTER (WHERE is_known AND NOT is_repeated AND NOT is_decided) AS undecided,
  count(*) FILTER (WHERE NOT is_known) AS unknown_callers,
  round(
    100e0 * count(*) FILTER (WHERE is_known AND NOT is_repeated AND is_decided)
      / nullif(count(*) FILTER (WHERE is_known AND (is_repeated OR is_decided)), 0),
    1
  ) AS resolved_percent
FROM answered
GROUP BY tenant, queue_id, queue
ORDER BY resolved_percent NULLS LAST, tenant, queue, queue_id
