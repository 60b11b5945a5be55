-- On which weekdays and at which hours do callers arrive, and how long do they wait then?
--
-- Entries into queues by weekday and hour. Weekday 1 is Monday. `days` counts the days with an entry in this hour. `visits` is
-- `offered` and `voicemail_visits`, and `offered` is `answered`, `abandoned`, `deflected`, `failed`, `cancelled` and `waiting`. Waits are in seconds, of
-- answered visits whose wait is known.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before its queue entry in which its session may have been created, for scheduled calls.
WITH {{part visits}}
SELECT
  tenant,
  day_of_week(entered) AS weekday,
  hour(entered) AS hour,
  count(DISTINCT CAST(entered AS date)) AS days,
  {{part visit-exits}},
  {{part waits}}
FROM visits
WHERE CAST(entered AS date) BETWEEN {{from}} AND {{to}}
GROUP BY tenant, day_of_week(entered), hour(entered)
ORDER BY tenant, weekday, hour
