-- How did the contact centre perform in a period, compared with the period before?
--
-- Two rows per tenant: the period, and the days before it from the given day. The columns are those of `service-level`,
-- `handle-time-by-queue` and `transfer-rate` over all queues: entries into queues by their day, interactions by the day on which the
-- agent was connected, sessions by the day of their creation. `chats` are all chats, and their response time is the mean of those that reached an agent.
--
-- Parameters:
--   tenant      pattern         %         Tenants. % matches any text.
--   before      date            today-59  First day of the period before, which ends when the period begins.
--   from        date            today-29  First day.
--   to          date            today     Last day.
--   zone        zone            UTC       Time zone of days, e.g. Europe/Berlin.
--   channel     call|chat|both  call      Calls, chats or both.
--   ahead       whole           7         Days before its queue entry in which its session may have been created, for scheduled calls.
--   judge       platform|target platform  Who judges: the platform where it did, else the target; or the target alone.
--   target      whole           20        A visit is in time if it was answered in less than these seconds.
--   short       whole           0         An abandoned visit is short if it took less than these seconds. 0: none is short.
--   short_from  queue|creation  queue     Start of these seconds: entering the queue, or the creation of the session.
--   count_short yes|no          yes       Whether short abandons count in the two rates.
--   wrap_up     yes|no          yes       Whether wrap-up is part of the handle time.
--   before_call yes|no          yes       Whether before-call work is part of the handle time.
--   internal    yes|no          no        Whether internal calls count as handled.
WITH {{part visits from=before}},
{{part judged-visits}},
offered AS (
  SELECT
    tenant,
    CASE WHEN CAST(entered AS date) < {{from}} THEN 'before' ELSE 'period' END AS period,
    {{part visit-exits}},
    {{part waits}},
    {{part service-levels}}
  FROM judged
  WHERE CAST(entered AS date) BETWEEN {{before}} AND {{to}}
  GROUP BY tenant, CASE WHEN CAST(entered AS date) < {{from}} THEN 'before' ELSE 'period' END
),
{{part legs from=before}},
times AS (
  SELECT
    tenant,
    CASE WHEN CAST(started AS date) < {{from}} THEN 'before' ELSE 'period' END AS period,
    {{part handle-times}}
  FROM handled
  GROUP BY tenant, CASE WHEN CAST(started AS date) < {{from}} THEN 'before' ELSE 'period' END
),
{{part sessions from=before}},
totals AS (
  SELECT
    s.tenant,
    CASE WHEN CAST(s.created AS date) < {{from}} THEN 'before' ELSE 'period' END AS period,
    count(*) FILTER (WHERE {{channel}} IN ('both', s.channel)) AS sessions,
    count(*) FILTER (WHERE {{channel}} IN ('both', s.channel) AND s.agent_legs > 0) AS answered_sessions,
    count(*) FILTER (
      WHERE {{channel}} IN ('both', s.channel) AND s.agent_legs > 0 AND s.transfers_done > 0
    ) AS transferred_sessions,
    count(*) FILTER (WHERE s.channel = 'chat') AS chats,
    round(avg(c.average_response_time) FILTER (WHERE s.agent_legs > 0), 1) AS chat_response_time
  FROM sessions AS s
  LEFT JOIN (
    SELECT tenant, dt, id, average_response_time
    FROM chat
    WHERE tenant LIKE {{tenant}}
      AND dt BETWEEN {{dt before-1}} AND {{dt to+1}}
  ) AS c ON s.channel = 'chat' AND c.tenant = s.tenant AND c.dt = s.dt AND c.id = s.session_id
  WHERE CAST(s.created AS date) BETWEEN {{before}} AND {{to}}
  GROUP BY s.tenant, CASE WHEN CAST(s.created AS date) < {{from}} THEN 'before' ELSE 'period' END
)
SELECT
  tenant,
  period,
  coalesce(t.sessions, 0) AS sessions,
  coalesce(t.answered_sessions, 0) AS answered_sessions,
  coalesce(t.transferred_sessions, 0) AS transferred_sessions,
  round(100e0 * t.transferred_sessions / nullif(t.answered_sessions, 0), 1) AS transfer_percent,
  coalesce(o.visits, 0) AS visits,
  coalesce(o.offered, 0) AS offered,
  coalesce(o.answered, 0) AS answered,
  coalesce(o.abandoned, 0) AS abandoned,
  coalesce(o.deflected, 0) AS deflected,
  coalesce(o.failed, 0) AS failed,
  coalesce(o.cancelled, 0) AS cancelled,
  coalesce(o.waiting, 0) AS waiting,
  coalesce(o.voicemail_visits, 0) AS voicemail_visits,
  coalesce(o.unknown_waits, 0) AS unknown_waits,
  o.average_wait,
  o.longest_wait,
  coalesce(o.short_abandons, 0) AS short_abandons,
  coalesce(o.in_time, 0) AS in_time,
  coalesce(o.not_in_time, 0) AS not_in_time,
  coalesce(o.not_judged, 0) AS not_judged,
  o.service_level_percent,
  o.abandon_percent,
  coalesce(h.legs, 0) AS legs,
  coalesce(h.internal_legs, 0) AS internal_legs,
  coalesce(h.handled, 0) AS handled,
  coalesce(h.in_progress, 0) AS in_progress,
  coalesce(h.unknown_handle_times, 0) AS unknown_handle_times,
  h.average_handle_time,
  h.average_talk_time,
  h.average_hold_time,
  h.average_wrap_up_time,
  h.average_before_call_time,
  coalesce(t.chats, 0) AS chats,
  t.chat_response_time
FROM totals AS t
FULL JOIN offered AS o USING (tenant, period)
FULL JOIN times AS h USING (tenant, period)
ORDER BY tenant, period DESC
