-- one row for each handled interaction
legs AS (
  SELECT
    l.tenant,
    l.dt,
    l.channel,
    l.session_id,
    l.session_created_at,
    l.session_type,
    l.agent_id,
    l.queue_id,
    l.queue_name,
    CAST(with_timezone(coalesce(l.started_at, l.session_created_at), 'UTC') AT TIME ZONE {{zone}} AS timestamp(3)) AS started,
    l.direction = 'internal' AND {{internal}} = 'no' AS is_left_out,
    l.settled_after IS NULL AS is_open,
    -- whole milliseconds add up without rounding errors
    CAST(round(1000 * CASE
      WHEN {{wrap_up}} = 'yes' THEN l.handle_seconds
      ELSE l.seconds + coalesce(l.before_call_seconds, 0)
    END) AS bigint)
      - CASE WHEN {{before_call}} = 'no' THEN CAST(round(1000 * coalesce(l.before_call_seconds, 0)) AS bigint) ELSE 0 END
      AS handle,
    CAST(round(1000 * coalesce(l.talk_seconds, l.seconds)) AS bigint) AS talk,
    CAST(round(1000 * CASE WHEN l.talk_seconds IS NOT NULL THEN coalesce(l.hold_seconds, 0) ELSE 0 END) AS bigint) AS hold,
    CASE WHEN {{wrap_up}} = 'yes' THEN CAST(round(1000 * coalesce(l.wrap_up_seconds, 0)) AS bigint) ELSE 0 END AS wrap_up,
    CASE WHEN {{before_call}} = 'yes' THEN CAST(round(1000 * coalesce(l.before_call_seconds, 0)) AS bigint) ELSE 0 END AS before_call
  FROM agent_leg AS l
  WHERE l.tenant LIKE {{tenant}}
    AND l.dt BETWEEN {{dt from-1-ahead}} AND {{dt to+1}}
    AND {{channel}} IN ('both', l.channel)
),
-- those of which all parts are known, and the others
handled AS (
  SELECT *, NOT is_left_out AND handle IS NOT NULL AS is_measured
  FROM legs
  WHERE CAST(started AS date) BETWEEN {{from}} AND {{to}}
)
