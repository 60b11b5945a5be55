-- How many callers are served in the IVR menu, and what happens to the others, day by day?
--
-- Calls that came in through the IVR and are over. Contained calls ended without entering a queue and were not abandoned,
-- failed or deflected. Abandoned calls ended in the menu because the caller hung up. Deflected calls were sent elsewhere
-- (after hours, overload). Other calls failed.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH menu_calls AS (
  SELECT
    c.tenant,
    CAST(with_timezone(c.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) AS day,
    CASE
      WHEN c.queued_at IS NOT NULL OR c.connected_at IS NOT NULL THEN 'queued'
      WHEN c.fail_reason = 'eu_in_menu_abandoned' THEN 'abandoned'
      WHEN c.deflection <> 'no_deflection' OR c.status = 'deflected' THEN 'deflected'
      WHEN c.status = 'failed' THEN 'other'
      ELSE 'contained'
    END AS outcome
  FROM call_segments AS s
  JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.call_id
  WHERE s.family = 'ivr'
    AND s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND (c.ended_at IS NOT NULL OR c.status IN ('finished', 'failed', 'deflected', 'recovered', 'voicemail_read'))
)
SELECT
  tenant,
  day,
  count(*) AS calls,
  count(*) FILTER (WHERE outcome = 'contained') AS contained,
  count(*) FILTER (WHERE outcome = 'abandoned') AS abandoned_in_menu,
  count(*) FILTER (WHERE outcome = 'deflected') AS deflected,
  count(*) FILTER (WHERE outcome = 'other') AS other,
  count(*) FILTER (WHERE outcome = 'queued') AS queued,
  round(100e0 * count(*) FILTER (WHERE outcome = 'contained') / count(*), 1) AS containment_percent
FROM menu_calls
WHERE day BETWEEN {{from}} AND {{to}}
GROUP BY tenant, day
ORDER BY tenant, day
