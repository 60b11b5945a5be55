-- What is proven complete, and what is not?
--
-- The newest audit result of each endpoint and day. An audit compares what the platform counts with what the lake holds. `complete`:
-- nothing is missing; `healed`: something was missing and was read again; `missing`: something is missing; `not provable`: the day
-- could not be compared, and `reason` says why. A day without a row was not audited.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day (UTC).
--   to         date           today     Last day (UTC).
SELECT
  tenant,
  endpoint,
  part,
  dt AS day,
  state,
  counted_by,
  platform_count,
  lake_count,
  missing,
  healed,
  missing_upstream,
  set_aside,
  reason,
  checked_at
FROM coverage
WHERE tenant LIKE {{tenant}}
  AND dt BETWEEN {{dt from}} AND {{dt to}}
ORDER BY tenant, endpoint, part, day, window_from
