-- an abandon is short by its seconds; in_time is NULL for a visit that does not count in the service level
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
      WHEN {{judge}} = 'platform' AND v.service_level_event IS NOT NULL THEN v.service_level_event = 'in_sla'
      WHEN v.exit = 'answered' THEN v.milliseconds < 1000e0 * {{target}}
      WHEN v.exit = 'abandoned' AND ({{count_short}} = 'yes' OR coalesce(NOT v.is_short, true)) THEN false
    END AS in_time
  FROM shorted AS v
)
