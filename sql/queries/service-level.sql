-- How many callers does each queue answer within the target, and how many give up, interval by interval?
--
-- A visit counts in the interval in which it entered the queue. Intervals follow the clock of the time zone.
-- Every entry into a queue counts, the later ones of a session too. `visits` is `offered` and `voicemail_visits`. `offered` is
-- `answered`, `abandoned`, `deflected`, `failed`, `cancelled` and `waiting`. `short_abandons` are among the abandoned, and
-- `unknown_waits` among the answered. `visits` is also `in_time`, `not_in_time` and `not_judged`. The service level is the share
-- of `in_time` in the first two. Waits are in seconds, of answered visits whose wait is known.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before its queue entry in which its session may have been created, for scheduled calls.
--   interval    15|30|60|1440   30        Length of an interval in minutes. 1440 is a day.
--   judge       platform|target platform  Who judges: the platform where it did, else the target; or the target alone.
--   target      whole           20        A visit is in time if it was answered in less than these seconds.
--   short       whole           0         An abandoned visit is short if it took less than these seconds. 0: none is short.
--   short_from  queue|creation  queue     Start of these seconds: entering the queue, or the creation of the session.
--   count_short yes|no          yes       Whether short abandons count in the two rates.
WITH {{part visits}},
{{part judged-visits}},
{{part queue-names of=judged}},
intervals AS (
  SELECT
    *,
    date_add(
      'minute',
      (hour(entered) * 60 + minute(entered)) / {{interval}} * {{interval}},
      date_trunc('day', entered)
    ) AS interval_start
  FROM named
  WHERE CAST(entered AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue_id,
  queue,
  substr(CAST(interval_start AS varchar), 1, 16) AS interval_start,
  {{part visit-exits}},
  {{part waits}},
  {{part service-levels}}
FROM intervals
GROUP BY tenant, queue_id, queue, interval_start
ORDER BY tenant, queue, queue_id, interval_start
