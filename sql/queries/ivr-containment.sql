-- How many callers are served in the IVR menu, and what happens to the others, day by day?
--
-- Calls of types with an IVR menu, on the day of their creation. Each is in one column. `queued` entered a queue. The others did
-- not: `contained` ended well without a queue or an agent, and `open` are not over. The percentage is of the calls that are over.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH {{part sessions}},
menu_calls AS (
  SELECT
    tenant,
    CAST(created AS date) AS day,
    has_queue,
    outcome
  FROM sessions
  WHERE channel = 'call'
    AND has_menu
    AND direction = 'inbound'
)
SELECT
  tenant,
  day,
  count(*) AS menu_calls,
  count(*) FILTER (WHERE has_queue) AS queued,
  count(*) FILTER (WHERE NOT has_queue AND outcome = 'no_agent') AS contained,
  count(*) FILTER (WHERE NOT has_queue AND outcome = 'va_only') AS virtual_agent_only,
  count(*) FILTER (WHERE NOT has_queue AND outcome = 'abandoned_menu') AS abandoned_in_menu,
  count(*) FILTER (WHERE NOT has_queue AND outcome = 'deflected') AS deflected_in_menu,
  count(*) FILTER (WHERE NOT has_queue AND outcome = 'voicemail') AS voicemails_in_menu,
  count(*) FILTER (WHERE NOT has_queue AND outcome IN ('failed', 'recovered', 'cancelled', 'abandoned_queue')) AS failed_in_menu,
  count(*) FILTER (WHERE NOT has_queue AND outcome = 'answered') AS answered_without_queue,
  count(*) FILTER (WHERE NOT has_queue AND outcome IN ('open', 'zombie')) AS open_in_menu,
  round(
    100e0 * count(*) FILTER (WHERE NOT has_queue AND outcome = 'no_agent')
      / nullif(count(*) FILTER (WHERE has_queue OR outcome NOT IN ('open', 'zombie')), 0),
    1
  ) AS containment_percent
FROM menu_calls
WHERE day BETWEEN {{from}} AND {{to}}
GROUP BY tenant, day
ORDER BY tenant, day
