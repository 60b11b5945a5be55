-- How has the inferred schema of the API's records changed?
--
-- New keys, types and words, and vanished keys, newest first. Drift loses no data, because raw objects keep every key.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day (UTC).
--   to         date           today     Last day (UTC).
SELECT tenant, endpoint, what, path, example, first_seen
FROM drift
WHERE tenant LIKE {{tenant}}
  AND dt BETWEEN {{dt from}} AND {{dt to+1}}
ORDER BY first_seen DESC, tenant, endpoint, path, what, example
