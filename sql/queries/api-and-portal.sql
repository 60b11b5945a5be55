-- Why do the API and the portal's reports count different numbers of calls, day by day?
--
-- Every call of the API is in exactly one of the columns from `outbound_calls` to `portal_calls`, on the day of its creation. The last
-- are the calls that the portal's session reports count. They leave out voicemails, and calls that are not over. `zombie_calls` are open without a change for a day.
-- `abandoned_in_queue` are among the portal's calls, and a setting can hide `short_abandoned_calls` in dashboards. `agents_not_counted` counts the
-- other agents of these calls, because the session reports count a call only for its last agent.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   short       whole           10        Seconds in the queue below which a caller who gave up counts as short.
WITH {{part sessions}},
abandons AS (
  SELECT tenant, dt, channel, session_id, min(seconds) AS seconds
  FROM queue_visit
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND channel = 'call'
    AND exit = 'abandoned'
  GROUP BY tenant, dt, channel, session_id
),
calls AS (
  SELECT
    s.tenant,
    CAST(s.created AS date) AS day,
    s.direction,
    s.outcome,
    s.agent_legs,
    a.seconds AS abandoned_after,
    s.direction = 'inbound'
      AND s.outcome NOT IN ('abandoned_menu', 'deflected', 'voicemail', 'open', 'zombie') AS is_in_portal
  FROM sessions AS s
  LEFT JOIN abandons AS a
    ON a.tenant = s.tenant AND a.dt = s.dt AND a.channel = s.channel AND a.session_id = s.session_id
  WHERE s.channel = 'call'
)
SELECT
  tenant,
  day,
  count(*) AS api_calls,
  count(*) FILTER (WHERE direction = 'outbound') AS outbound_calls,
  count(*) FILTER (WHERE direction = 'internal') AS internal_calls,
  count(*) FILTER (WHERE direction = 'inbound' AND outcome = 'abandoned_menu') AS abandoned_in_menu,
  count(*) FILTER (WHERE direction = 'inbound' AND outcome = 'deflected') AS deflected_calls,
  count(*) FILTER (WHERE direction = 'inbound' AND outcome = 'voicemail') AS voicemails,
  count(*) FILTER (WHERE direction = 'inbound' AND outcome = 'open') AS open_calls,
  count(*) FILTER (WHERE direction = 'inbound' AND outcome = 'zombie') AS zombie_calls,
  count(*) FILTER (WHERE is_in_portal) AS portal_calls,
  count(*) FILTER (WHERE is_in_portal AND outcome = 'abandoned_queue') AS abandoned_in_queue,
  count(*) FILTER (WHERE is_in_portal AND outcome = 'abandoned_queue' AND abandoned_after < {{short}}) AS short_abandoned_calls,
  coalesce(sum(agent_legs - 1) FILTER (WHERE is_in_portal AND agent_legs > 1), 0) AS agents_not_counted
FROM calls
WHERE day BETWEEN {{from}} AND {{to}}
GROUP BY tenant, day
ORDER BY tenant, day
