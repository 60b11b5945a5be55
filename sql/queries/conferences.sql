-- How often, and for how long, do several agents or a third party talk with a caller?
--
-- Calls that reached an agent, by their first queue, on the day of their creation. In a conference, two or more agents are connected at the
-- same time. An internal call has two agents, so it is a conference only if there are three. A third party is an external
-- participant. Averages are in seconds, over the calls that have one of a known length.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH {{part sessions}},
{{part queue-names of=sessions}},
answered AS (
  SELECT
    s.tenant,
    s.queue_id,
    s.queue,
    s.has_conference,
    s.has_third_party,
    CASE WHEN s.has_conference THEN CAST(round(1000 * m.conference_time) AS bigint) END AS conference,
    CASE WHEN s.has_third_party THEN CAST(round(1000 * m.third_party_talk_time) AS bigint) END AS third_party
  FROM named AS s
  LEFT JOIN call_segments AS m ON m.tenant = s.tenant AND m.dt = s.dt AND m.call_id = s.session_id
  WHERE s.channel = 'call'
    AND s.agent_legs > 0
    AND CAST(s.created AS date) BETWEEN {{from}} AND {{to}}
)
SELECT
  tenant,
  queue_id,
  queue,
  count(*) AS answered_sessions,
  count(*) FILTER (WHERE has_conference) AS conferences,
  count(*) FILTER (WHERE has_conference AND conference IS NULL) AS unknown_conference_times,
  round(100e0 * count(*) FILTER (WHERE has_conference) / count(*), 1) AS conference_percent,
  round(sum(conference) / 1e3 / count(conference), 1) AS average_conference_time,
  count(*) FILTER (WHERE has_third_party) AS third_parties,
  count(*) FILTER (WHERE has_third_party AND third_party IS NULL) AS unknown_third_party_times,
  round(100e0 * count(*) FILTER (WHERE has_third_party) / count(*), 1) AS third_party_percent,
  round(sum(third_party) / 1e3 / count(third_party), 1) AS average_third_party_time
FROM answered
GROUP BY tenant, queue_id, queue
ORDER BY tenant, queue, queue_id
