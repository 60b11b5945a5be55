-- What changed in a call, version by version?
--
-- Every version that was read, with the fields that differ from the version before. Ratings, tickets and recordings arrive
-- after the end of a call.
--
-- Parameters:
--   tenant     pattern        %         Tenants. % matches any text.
--   from       date           today-29  First day on which the call may have started (UTC).
--   to         date           today     Last such day.
--   call       whole          0         Id of the call. 0 shows the call with the most versions.
WITH versions AS (
  SELECT
    tenant,
    id,
    count(*) OVER (PARTITION BY tenant, id) AS versions,
    updated_at,
    extracted_at,
    batch,
    status,
    fail_reason,
    queue_name,
    agent_info_id,
    connected_at,
    ended_at,
    rating,
    out_ticket_id,
    recording_url,
    json_array_length(participants) AS participants,
    json_array_length(transfers) AS transfers
  FROM call_history
  WHERE tenant LIKE {{tenant}}
    AND dt BETWEEN {{dt from}} AND {{dt to}}
    AND {{call}} IN (0, id)
),
chosen AS (
  SELECT tenant, id
  FROM versions
  ORDER BY versions DESC, tenant, id
  LIMIT 1
),
compared AS (
  SELECT
    v.*,
    lag(v.updated_at) OVER history AS before,
    v.status IS DISTINCT FROM lag(v.status) OVER history AS status_changed,
    v.fail_reason IS DISTINCT FROM lag(v.fail_reason) OVER history AS fail_reason_changed,
    v.queue_name IS DISTINCT FROM lag(v.queue_name) OVER history AS queue_name_changed,
    v.agent_info_id IS DISTINCT FROM lag(v.agent_info_id) OVER history AS agent_changed,
    v.connected_at IS DISTINCT FROM lag(v.connected_at) OVER history AS connected_at_changed,
    v.ended_at IS DISTINCT FROM lag(v.ended_at) OVER history AS ended_at_changed,
    v.rating IS DISTINCT FROM lag(v.rating) OVER history AS rating_changed,
    v.out_ticket_id IS DISTINCT FROM lag(v.out_ticket_id) OVER history AS out_ticket_id_changed,
    v.recording_url IS DISTINCT FROM lag(v.recording_url) OVER history AS recording_url_changed,
    v.participants IS DISTINCT FROM lag(v.participants) OVER history AS participants_changed,
    v.transfers IS DISTINCT FROM lag(v.transfers) OVER history AS transfers_changed
  FROM versions AS v
  JOIN chosen AS c ON {{call}} <> 0 OR c.tenant = v.tenant AND c.id = v.id
  WINDOW history AS (PARTITION BY v.tenant, v.id ORDER BY v.updated_at, v.extracted_at, v.batch)
)
SELECT
  tenant,
  id AS call_id,
  updated_at,
  extracted_at,
  status,
  agent_info_id,
  rating,
  CASE
    WHEN before IS NULL THEN '(first version)'
    ELSE concat_ws(
      ', ',
      CASE WHEN status_changed THEN 'status' END,
      CASE WHEN fail_reason_changed THEN 'fail_reason' END,
      CASE WHEN queue_name_changed THEN 'queue' END,
      CASE WHEN agent_changed THEN 'agent' END,
      CASE WHEN connected_at_changed THEN 'connected_at' END,
      CASE WHEN ended_at_changed THEN 'ended_at' END,
      CASE WHEN rating_changed THEN 'rating' END,
      CASE WHEN out_ticket_id_changed THEN 'ticket' END,
      CASE WHEN recording_url_changed THEN 'recording' END,
      CASE WHEN participants_changed THEN 'participants' END,
      CASE WHEN transfers_changed THEN 'transfers' END
    )
  END AS changed
FROM compared
ORDER BY tenant, id, updated_at, extracted_at, batch
