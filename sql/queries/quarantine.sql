-- Which records failed validation, and why?
--
-- By endpoint and reason, counting each time a record was read. The records are in the column `record` of the view.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day (UTC).
--   to         date           today     Last day (UTC).
SELECT
  tenant,
  endpoint,
  reason,
  count(*) AS records,
  min(extracted_at) AS first_met,
  max(extracted_at) AS last_met
FROM quarantine
WHERE tenant LIKE {{tenant}}
  AND dt BETWEEN {{dt from}} AND {{dt to+1}}
GROUP BY tenant, endpoint, reason
ORDER BY records DESC, tenant, endpoint, reason
