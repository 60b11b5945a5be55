-- Which records were set aside because they did not fit, and why?
--
-- By endpoint and reason, as often as they were met. The records themselves are in the column `record` of the view.
--
-- Parameters:
--   tenant     pattern        %         Tenants, % stands for any text.
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
