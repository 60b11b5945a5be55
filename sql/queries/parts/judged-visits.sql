-- an abandon is short by its seconds; in_time is 1 or 0, and NULL for a visit that does not count in the service level. As a boolean,
-- Trino takes its false for NULL
shorted AS (
  SELECT
    v.*,
    v.exit = 'abandoned'
      AND CASE
        WHEN {{short_from}} = 'queue' THEN v.milliseconds
        ELSE date_diff('millisecond', v.session_created_at, v.left_at)
      END < 1000e0 * {{short}} AS is_short
  FROM visits AS v
),
judged AS (
  SELECT
    v.*,
    CASE
      WHEN {{judge}} = 'platform' AND v.service_level_event IS NOT NULL THEN if(v.service_level_event = 'in_sla', 1, 0)
      WHEN v.exit = 'answered' AND v.milliseconds IS NOT NULL THEN if(v.milliseconds < 1000e0 * {{target}}, 1, 0)
      WHEN v.exit = 'abandoned' AND ({{count_short}} = 'yes' OR coalesce(NOT v.is_short, true)) THEN 0
    END AS in_time
  FROM shorted AS v
)
