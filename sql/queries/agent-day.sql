-- What did an agent do on a day, from hour to hour?
--
-- The statuses in order, each with its length in minutes and the call or chat that caused it. A status that began the day before
-- starts at midnight, and one that lasts into the next day ends at 24:00. A status that lasted when it was read ends then and `is_open`. One that the API
-- let run past the next status is cut there and `is_cut`. Notifications are left out, because they are points in time.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   day         date            today     The day.
--   zone        zone            UTC       Time zone of the day, e.g. Europe/Berlin.
--   agent       whole           0         Id of the agent. 0 shows all agents.
--   earlier     whole           7         Days before the day in which a status that lasts into it may have begun.
WITH {{part statuses from=day to=day}}
SELECT
  s.tenant,
  s.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  substr(CAST(CAST(with_timezone(s.starts, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 12, 8) AS starts,
  CASE
    WHEN s.is_continued THEN '24:00:00'
    ELSE substr(CAST(CAST(with_timezone(s.ends, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 12, 8)
  END AS ends,
  s.status_name,
  round(date_diff('millisecond', s.starts, s.ends) / 6e4, 1) AS minutes,
  s.is_open,
  s.is_cut,
  s.call_id,
  s.chat_id
FROM statuses AS s
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.agent_id
WHERE {{agent}} IN (0, s.agent_id)
ORDER BY s.tenant, s.agent_id, s.starts, s.id
