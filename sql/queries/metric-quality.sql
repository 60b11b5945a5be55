-- How reliable are the metrics of each day, by status and anomaly?
--
-- One row per day, metric and finding. A finding is a status of the metric or an anomaly: `clock_skew` and `negative` of a
-- metric, `bad_timestamp` of a field, `negative` of `participant`. Percentages are of all calls of the day, so the statuses
-- of a metric add up to 100. If a field vanishes from the API, the share of `missing_input` rises and `ok` becomes
-- `approximate`. Days are UTC.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
WITH days AS (
  SELECT tenant, dt, count(*) AS calls
  FROM call_segments
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
  GROUP BY tenant, dt
),
statuses AS (
  SELECT
    s.tenant,
    s.dt,
    m.metric,
    CASE m.metric
      WHEN 'billing_time' THEN s.billing_time_status
      WHEN 'call_time' THEN s.call_time_status
      WHEN 'ivr_time' THEN s.ivr_time_status
      WHEN 'queue_time' THEN s.queue_time_status
      WHEN 'wait_time' THEN s.wait_time_status
      WHEN 'handle_time' THEN s.handle_time_status
      WHEN 'transfer_time' THEN s.transfer_time_status
      WHEN 'conference_time' THEN s.conference_time_status
      WHEN 'third_party_talk_time' THEN s.third_party_talk_time_status
      WHEN 'ring_time' THEN s.ring_time_status
      WHEN 'talk_time' THEN s.talk_time_status
      WHEN 'hold_time' THEN s.hold_time_status
    END AS finding
  FROM call_segments AS s
  CROSS JOIN (
    VALUES
      ('billing_time'),
      ('call_time'),
      ('ivr_time'),
      ('queue_time'),
      ('wait_time'),
      ('handle_time'),
      ('transfer_time'),
      ('conference_time'),
      ('third_party_talk_time'),
      ('ring_time'),
      ('talk_time'),
      ('hold_time')
  ) AS m (metric)
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from}} AND {{dt to}}
),
anomalies AS (
  -- names of metrics and fields contain neither commas nor quotes
  SELECT s.tenant, s.dt, a.anomaly
  FROM call_segments AS s
  CROSS JOIN UNNEST(split(translate(s.anomalies, '[]" ', ''), ',')) AS a (anomaly)
  WHERE s.tenant LIKE {{tenant}}
    AND s.dt BETWEEN {{dt from}} AND {{dt to}}
    AND a.anomaly <> ''
),
findings AS (
  SELECT tenant, dt, metric, finding
  FROM statuses
  UNION ALL
  SELECT tenant, dt, split_part(anomaly, ':', 2) AS metric, split_part(anomaly, ':', 1) AS finding
  FROM anomalies
)
SELECT
  f.tenant,
  f.dt AS day,
  f.metric,
  f.finding,
  count(*) AS calls,
  round(100e0 * count(*) / max(d.calls), 2) AS percent
FROM findings AS f
JOIN days AS d ON d.tenant = f.tenant AND d.dt = f.dt
WHERE f.finding IS NOT NULL
GROUP BY f.tenant, f.dt, f.metric, f.finding
ORDER BY f.tenant, day, f.metric, f.finding
