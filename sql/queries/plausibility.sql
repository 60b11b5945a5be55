-- Which sessions and statuses are odd, and what is wrong with each?
--
-- One row for each finding: an anomaly of a record's fields, a metric without a value because its inputs contradict each other,
-- a session that is open without a change for a day (`zombie`), and a status that the API let run past the next one or
-- the logout. `session_id` is the call or chat. A status has its own id and its agent, and the session that caused it.
-- Newest first.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   rows        whole           1000      Maximum number of findings.
WITH found AS (
  SELECT
    s.tenant,
    s.channel,
    s.session_id,
    CAST(NULL AS bigint) AS status_row_id,
    s.last_agent_id AS agent_id,
    s.session_created_at AS happened_at,
    a.anomaly AS finding
  FROM session_outcome AS s
  -- names of metrics and fields contain neither commas nor quotes
  CROSS JOIN UNNEST(split(translate(s.anomalies, '[]" ', ''), ',')) AS a (anomaly)
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND a.anomaly <> ''
  UNION ALL
  SELECT
    tenant,
    channel,
    session_id,
    CAST(NULL AS bigint) AS status_row_id,
    last_agent_id AS agent_id,
    session_created_at AS happened_at,
    'zombie' AS finding
  FROM session_outcome
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND outcome = 'zombie'
  UNION ALL
  SELECT
    m.tenant,
    'call' AS channel,
    m.call_id AS session_id,
    CAST(NULL AS bigint) AS status_row_id,
    m.agent_id,
    m.created_at AS happened_at,
    concat('inconsistent:', split_part(i.metric, ' ', 1)) AS finding
  FROM call_segments AS m
  CROSS JOIN UNNEST(
    ARRAY[
      concat('call_time ', m.call_time_status),
      concat('ivr_time ', m.ivr_time_status),
      concat('queue_time ', m.queue_time_status),
      concat('handle_time ', m.handle_time_status),
      concat('transfer_time ', m.transfer_time_status),
      concat('conference_time ', m.conference_time_status),
      concat('third_party_talk_time ', m.third_party_talk_time_status),
      concat('ring_time ', m.ring_time_status),
      concat('talk_time ', m.talk_time_status),
      concat('hold_time ', m.hold_time_status)
    ]
  ) AS i (metric)
  WHERE m.tenant LIKE {{tenant}}
    AND m.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND i.metric LIKE '% inconsistent'
  UNION ALL
  SELECT
    tenant,
    CASE WHEN call_id IS NOT NULL THEN 'call' WHEN chat_id IS NOT NULL THEN 'chat' END AS channel,
    coalesce(call_id, chat_id) AS session_id,
    id AS status_row_id,
    agent_id,
    started_at AS happened_at,
    'status_cut' AS finding
  FROM status_interval
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND is_cut
)
SELECT
  tenant,
  channel,
  session_id,
  status_row_id,
  agent_id,
  substr(CAST(CAST(with_timezone(happened_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS happened_at,
  finding
FROM found
WHERE CAST(with_timezone(happened_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
ORDER BY happened_at DESC, tenant, channel, session_id, status_row_id, finding
LIMIT {{rows}}
