-- How many of the calls that each queue brings to an agent are transferred?
--
-- Sessions that reached an agent, by their first queue, on the day of their creation. `answered_sessions` is `transferred_sessions`,
-- `only_attempted` and `never_attempted`. An escalation from a virtual agent is no transfer. `transfers_done` counts the successful
-- transfers. The percentage is that of the transferred sessions.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
WITH {{part sessions}},
{{part queue-names of=sessions}},
attempts AS (
  SELECT tenant, dt, channel, session_id
  FROM transfer
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND NOT is_escalation
  GROUP BY tenant, dt, channel, session_id
),
answered AS (
  SELECT s.tenant, s.queue_id, s.queue, s.transfers_done, s.escalations_done, a.session_id IS NOT NULL AS is_attempted
  FROM named AS s
  LEFT JOIN attempts AS a
    ON a.tenant = s.tenant AND a.dt = s.dt AND a.channel = s.channel AND a.session_id = s.session_id
  WHERE s.agent_legs > 0
    AND {{channel}} IN ('both', s.channel)
    AND CAST(s.created AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue_id,
  queue,
  count(*) AS answered_sessions,
  count(*) FILTER (WHERE transfers_done > 0) AS transferred_sessions,
  count(*) FILTER (WHERE transfers_done = 0 AND is_attempted) AS only_attempted,
  count(*) FILTER (WHERE transfers_done = 0 AND NOT is_attempted) AS never_attempted,
  sum(transfers_done) AS transfers_done,
  count(*) FILTER (WHERE escalations_done > 0) AS escalated_sessions,
  round(100e0 * count(*) FILTER (WHERE transfers_done > 0) / count(*), 1) AS transfer_percent,
  round(100e0 * sum(transfers_done) / count(*), 1) AS transfers_per_hundred
FROM answered
GROUP BY tenant, queue_id, queue
ORDER BY transfer_percent DESC, tenant, queue, queue_id
