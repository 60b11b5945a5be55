-- Why do the API and the portal's reports count different numbers of calls, day by day?
--
-- Every call of the API is in exactly one of these columns: outbound and internal, given up in the menu, deflected, voicemail, or
-- `portal_calls`. The last are the calls that the portal's queue reports count. A setting can hide short
-- abandoned calls in dashboards. `agents_not_counted` counts the other agents of answered calls, because the portal counts
-- a transferred call only for the last agent.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   short      whole          10        Seconds in the queue below which a caller who gave up counts as short.
WITH calls AS (
  SELECT
    c.tenant,
    CAST(with_timezone(c.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    CASE
      WHEN s.family IN ('outbound', 'internal', 'campaign') THEN 'outbound'
      WHEN c.fail_reason = 'eu_in_menu_abandoned' THEN 'in_menu'
      WHEN c.voicemail_reason <> 'not_voicemail' OR c.status LIKE 'voicemail%' THEN 'voicemail'
      WHEN c.status = 'deflected' OR c.deflection <> 'no_deflection' THEN 'deflected'
      ELSE 'portal'
    END AS place,
    c.connected_at IS NULL
      AND c.fail_reason = 'eu_abandoned'
      AND date_diff('second', c.queued_at, c.ended_at) < {{short}} AS given_up_shortly,
    c.id
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
),
agents AS (
  SELECT tenant, call_id, count(DISTINCT user_id) AS agents
  FROM call_participant
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND type = 'agent'
    AND connected_at IS NOT NULL
  GROUP BY tenant, call_id
)
SELECT
  c.tenant,
  c.day,
  count(*) AS api_calls,
  count(*) FILTER (WHERE c.place = 'outbound') AS outbound_or_internal,
  count(*) FILTER (WHERE c.place = 'in_menu') AS abandoned_in_menu,
  count(*) FILTER (WHERE c.place = 'deflected') AS deflected,
  count(*) FILTER (WHERE c.place = 'voicemail') AS voicemails,
  count(*) FILTER (WHERE c.place = 'portal') AS portal_calls,
  count(*) FILTER (WHERE c.place = 'portal' AND c.given_up_shortly) AS short_abandons,
  coalesce(sum(a.agents - 1) FILTER (WHERE c.place = 'portal'), 0) AS agents_not_counted
FROM calls AS c
LEFT JOIN agents AS a ON a.tenant = c.tenant AND a.call_id = c.id
WHERE c.day BETWEEN {{from}} AND {{to}}
GROUP BY c.tenant, c.day
ORDER BY c.tenant, c.day
