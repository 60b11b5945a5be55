-- How many of the calls that each queue answers are transferred?
--
-- Answered calls: those with at least one successful transfer, those with failed attempts only, and the number of
-- successful transfers per hundred answered calls.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day.
--   to         date           today     Last day.
--   zone       zone           UTC       Time zone of days and intervals, e.g. Europe/Berlin.
WITH answered AS (
  SELECT
    tenant,
    coalesce(queue_name, '(no queue)') AS queue_name,
    coalesce(json_array_length(transfers), 0) AS attempts,
    cardinality(
      filter(
        sequence(0, coalesce(json_array_length(transfers), 0)),
        place -> json_extract_scalar(json_array_get(transfers, place), '$.status') = 'transferred'
      )
    ) AS succeeded
  FROM call
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from-1}} AND {{dt to+1}}
    AND CAST(with_timezone(created_at, 'UTC') AT TIME ZONE {{zone}} AS date) BETWEEN {{from}} AND {{to}}
    AND connected_at IS NOT NULL
)
SELECT
  tenant,
  queue_name,
  count(*) AS answered,
  count(*) FILTER (WHERE succeeded > 0) AS transferred,
  count(*) FILTER (WHERE attempts > 0 AND succeeded = 0) AS only_attempted,
  round(100e0 * count(*) FILTER (WHERE succeeded > 0) / count(*), 1) AS transfer_percent,
  round(100e0 * sum(succeeded) / count(*), 1) AS transfers_per_hundred
FROM answered
GROUP BY tenant, queue_name
ORDER BY transfer_percent DESC, tenant, queue_name
