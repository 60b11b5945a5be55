-- How often, and for how long, do several agents or a third party talk with a caller?
--
-- Answered calls per queue. In a conference, two or more agents are connected at the same time. An internal call has two
-- agents, so it is a conference only if there are three. A third party is an external participant who is connected
-- together with an agent. Averages are in seconds, over the calls that have one.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH agents AS (
  SELECT tenant, call_id, count(DISTINCT user_id) AS agents
  FROM call_participant
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND type = 'agent'
    AND connected_at IS NOT NULL
  GROUP BY tenant, call_id
),
answered AS (
  SELECT
    s.tenant,
    coalesce(s.queue_name, '(no queue)') AS queue_name,
    CASE WHEN s.family <> 'internal' OR a.agents > 2 THEN s.conference_time END AS conference_time,
    s.third_party_talk_time
  FROM call_segments AS s
  LEFT JOIN agents AS a ON a.tenant = s.tenant AND a.call_id = s.call_id
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(with_timezone(s.created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
    AND s.handle_time IS NOT NULL
)
SELECT
  tenant,
  queue_name,
  count(*) AS answered,
  count(*) FILTER (WHERE conference_time > 0) AS conferences,
  round(100e0 * count(*) FILTER (WHERE conference_time > 0) / count(*), 1) AS conference_percent,
  round(avg(conference_time) FILTER (WHERE conference_time > 0), 1) AS average_conference_time,
  count(*) FILTER (WHERE third_party_talk_time > 0) AS third_parties,
  round(100e0 * count(*) FILTER (WHERE third_party_talk_time > 0) / count(*), 1) AS third_party_percent,
  round(avg(third_party_talk_time) FILTER (WHERE third_party_talk_time > 0), 1) AS average_third_party_time
FROM answered
GROUP BY tenant, queue_name
ORDER BY tenant, queue_name
