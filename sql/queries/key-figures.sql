-- How did the contact centre perform in a period, compared with the period before?
--
-- Two rows per tenant: the period, and the days before it from the given day. Offered calls were answered or abandoned,
-- as in `service-level`. Handle time is in seconds, over all calls that have one. Transferred calls are those among them
-- with a received transfer.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   before     date           today-59  First day of the period before, which ends when the period begins.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days, e.g. Europe/Berlin.
--   target     whole          20        Seconds within which a caller should be answered.
WITH queued AS (
  SELECT
    s.tenant,
    CAST(with_timezone(c.queued_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    s.queue_time,
    c.connected_at IS NOT NULL AS answered,
    c.connected_at IS NULL
      AND c.fail_reason = 'eu_abandoned'
      AND (c.ended_at IS NOT NULL OR c.status = 'failed') AS abandoned
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE s.tenant LIKE {{tenant}}
    -- a scheduled call is created days before it enters the queue
    AND s.dt BETWEEN {{dt before-7}} AND {{dt to+1}}
    AND s.family NOT IN ('internal', 'outbound')
    AND c.queued_at IS NOT NULL
),
offered AS (
  SELECT
    tenant,
    CASE WHEN day < {{from}} THEN 'before' ELSE 'period' END AS period,
    count(*) AS offered,
    count(*) FILTER (WHERE answered) AS answered,
    round(
      100e0 * count(*) FILTER (WHERE answered AND queue_time <= {{target}})
        / nullif(count(*) FILTER (WHERE abandoned OR queue_time IS NOT NULL), 0),
      1
    ) AS service_level_percent,
    round(100e0 * count(*) FILTER (WHERE abandoned) / count(*), 1) AS abandon_percent,
    round(avg(queue_time), 1) AS average_wait
  FROM queued
  WHERE (answered OR abandoned)
    AND day BETWEEN {{before}} AND {{to}}
  GROUP BY tenant, CASE WHEN day < {{from}} THEN 'before' ELSE 'period' END
),
dated AS (
  SELECT
    s.tenant,
    CAST(with_timezone(s.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    s.handle_time,
    s.transfer_time_status
  FROM call_segments AS s
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt before-1}} AND {{dt to+1}}
),
handled AS (
  SELECT
    tenant,
    CASE WHEN day < {{from}} THEN 'before' ELSE 'period' END AS period,
    count(*) AS calls,
    round(avg(handle_time), 1) AS average_handle_time,
    round(
      100e0 * count(*) FILTER (WHERE handle_time IS NOT NULL AND transfer_time_status <> 'not_applicable')
        / nullif(count(handle_time), 0),
      1
    ) AS transfer_percent
  FROM dated
  WHERE day BETWEEN {{before}} AND {{to}}
  GROUP BY tenant, CASE WHEN day < {{from}} THEN 'before' ELSE 'period' END
),
chats AS (
  SELECT
    tenant,
    CASE
      WHEN CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) < {{from}} THEN 'before'
      ELSE 'period'
    END AS period,
    count(*) AS chats,
    round(avg(average_response_time) FILTER (WHERE assigned_at IS NOT NULL), 1) AS chat_response_time
  FROM chat
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt before-1}} AND {{dt to+1}}
    AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{before}} AND {{to}}
  GROUP BY
    tenant,
    CASE
      WHEN CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) < {{from}} THEN 'before'
      ELSE 'period'
    END
)
SELECT
  h.tenant,
  h.period,
  h.calls,
  o.offered,
  o.answered,
  o.service_level_percent,
  o.abandon_percent,
  o.average_wait,
  h.average_handle_time,
  h.transfer_percent,
  coalesce(c.chats, 0) AS chats,
  c.chat_response_time
FROM handled AS h
LEFT JOIN offered AS o ON o.tenant = h.tenant AND o.period = h.period
LEFT JOIN chats AS c ON c.tenant = h.tenant AND c.period = h.period
ORDER BY h.tenant, h.period DESC
