-- Which answered calls have no ticket in the CRM?
--
-- Calls that reached an agent and are over, newest first. The agent is the last one. Tickets may be linked hours after the call, often at night.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
--   rows        whole           100       Maximum number of calls.
WITH {{part sessions}},
{{part queue-names of=sessions}}
SELECT
  s.tenant,
  s.session_id AS call_id,
  substr(CAST(s.created AS varchar), 1, 19) AS created_at,
  s.session_type,
  s.queue_id,
  s.queue,
  s.last_agent_id AS agent_id,
  trim(concat(coalesce(a.first_name, ''), ' ', coalesce(a.last_name, ''))) AS agent,
  c.call_duration
FROM named AS s
JOIN call AS c ON c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.session_id
LEFT JOIN agent AS a ON a.tenant = s.tenant AND a.id = s.last_agent_id
WHERE s.channel = 'call'
  AND s.agent_legs > 0
  AND s.ended_at IS NOT NULL
  AND c.out_ticket_id IS NULL
  AND CAST(s.created AS date) BETWEEN {{from}} AND {{to}}
  AND c.tenant LIKE {{tenant}}
  AND c.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
ORDER BY s.session_created_at DESC, s.tenant, s.session_id
LIMIT {{rows}}
