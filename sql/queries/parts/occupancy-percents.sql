round(
  100e0 * coalesce(sum(milliseconds) FILTER (WHERE status_kind IN ('in_call', 'in_chat', 'wrap_up')), 0)
    / nullif(sum(milliseconds) FILTER (WHERE status_kind IN ('in_call', 'in_chat', 'wrap_up', 'available')), 0),
  1
) AS occupancy_percent,
round(
  100e0 * coalesce(sum(milliseconds) FILTER (WHERE status_kind IN ('in_call', 'in_chat', 'wrap_up')), 0)
    / nullif(sum(milliseconds) FILTER (WHERE status_kind = 'available'), 0),
  1
) AS portal_occupancy_percent
