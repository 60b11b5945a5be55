-- How did the calls of campaigns end by queue, as far as the portal's report Campaign - Disposition can be rebuilt?
--
-- One row for each queue, because the API does not name the campaign of a call. `total_volume` is the sum of all columns
-- after it. The portal divides the calls without an agent further (no answer, machine, invalid number, skipped). The API has
-- no documented fields for that.
--
-- Parameters:
--   tenant     pattern                      %         Tenants. % matches any text.
--   from       date                         today-29  First day.
--   to         date                         today     Last day.
--   zone       zone                         UTC       Time zone of days and times, as chosen for the report, e.g. Europe/Berlin.
--   campaigns  campaign|with_scheduled_api  campaign  Sessions of campaigns, or also all of the type Voice Scheduled (API) (C16).
WITH sessions AS (
  SELECT s.*, coalesce(q.queue, s.last_queue_name) AS queue
  FROM session_outcome AS s
  LEFT JOIN queue AS q ON q.tenant = s.tenant AND q.queue_id = s.last_queue_id
  WHERE s.tenant LIKE {{tenant}}
    AND s.channel = 'call'
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND (s.is_campaign OR ({{campaigns}} = 'with_scheduled_api' AND s.session_type = 'Voice Scheduled (API)'))
    AND CAST(CAST(with_timezone(s.session_created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue,
  count(*) AS total_volume,
  count(*) FILTER (WHERE outcome = 'answered') AS handled,
  count(*) FILTER (WHERE outcome = 'abandoned_queue') AS abandoned_by_contact,
  count(*) FILTER (WHERE outcome = 'cancelled') AS cancelled,
  count(*) FILTER (WHERE outcome = 'failed') AS failed,
  count(*) FILTER (WHERE outcome = 'deflected') AS deflected,
  count(*) FILTER (WHERE outcome = 'voicemail') AS voicemail,
  count(*) FILTER (WHERE outcome IN ('open', 'zombie')) AS open,
  count(*) FILTER (WHERE outcome IN ('recovered', 'va_only', 'no_agent', 'abandoned_menu')) AS other,
  last_queue_id AS queue_id
FROM sessions
GROUP BY tenant, last_queue_id, queue
ORDER BY tenant, queue_id
