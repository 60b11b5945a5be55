-- Which answered calls have no ticket in the CRM?
--
-- Calls that were answered and are over, newest first. Tickets may be linked hours after the call, often at night.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   rows       whole          100       Maximum number of calls.
SELECT
  c.tenant,
  c.id AS call_id,
  substr(CAST(CAST(with_timezone(c.created_at, 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS varchar), 1, 19) AS created_at,
  c.call_type,
  c.queue_name,
  c.agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  c.call_duration
FROM call AS c
LEFT JOIN agent AS a ON a.tenant = c.tenant AND a.id = c.agent_id
WHERE c.tenant LIKE {{tenant}}
  AND c.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
  AND CAST(with_timezone(c.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
  AND c.connected_at IS NOT NULL
  AND c.ended_at IS NOT NULL
  AND c.out_ticket_id IS NULL
ORDER BY c.created_at DESC, c.tenant, c.id
LIMIT {{rows}}
