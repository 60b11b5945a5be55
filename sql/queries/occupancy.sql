-- How much of their time on duty are the agents busy with customers, interval by interval?
--
-- Occupancy is the share of `busy_hours` in `duty_hours`. The portal's occupancy is the ratio of `busy_hours` to `available_hours`,
-- which can exceed 100. A status is cut where an interval ends, and an interval has the label of the local clock.
-- `login_hours` is the time in any status but Offline: `duty_hours`, and `other_hours` in breaks and the like. `duty_hours` is
-- `available_hours` and `busy_hours`, and `busy_hours` is `call_hours`, `chat_hours` and `wrap_up_hours`. A status that the API let
-- run past the next one is cut there, and one that lasted when it was read ends then.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   earlier     whole           7         Days before the period in which a status that lasts into it may have begun.
--   interval    15|30|60|1440   1440      Length of an interval in minutes. 1440 is a day.
WITH {{part statuses}},
{{part status-pieces}}
SELECT
  l.tenant,
  l.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  substr(CAST(l.interval_start AS varchar), 1, 16) AS interval_start,
  {{part status-hours}},
  {{part occupancy-percents}}
FROM lengths AS l
LEFT JOIN agent AS a ON a.tenant = l.tenant AND a.id = l.agent_id
GROUP BY l.tenant, l.agent_id, a.first_name, a.last_name, l.interval_start
ORDER BY l.tenant, l.interval_start, l.agent_id
