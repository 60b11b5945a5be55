round(coalesce(sum(milliseconds) FILTER (WHERE status_kind = 'in_call'), 0) / 3.6e6, 4) AS call_hours,
round(coalesce(sum(milliseconds) FILTER (WHERE status_kind = 'in_chat'), 0) / 3.6e6, 4) AS chat_hours,
round(coalesce(sum(milliseconds) FILTER (WHERE status_kind = 'wrap_up'), 0) / 3.6e6, 4) AS wrap_up_hours,
round(coalesce(sum(milliseconds) FILTER (WHERE status_kind = 'available'), 0) / 3.6e6, 4) AS available_hours,
round(coalesce(sum(milliseconds) FILTER (WHERE status_kind NOT IN ('in_call', 'in_chat', 'wrap_up', 'available')), 0) / 3.6e6, 4) AS other_hours,
round(coalesce(sum(milliseconds) FILTER (WHERE status_kind IN ('in_call', 'in_chat', 'wrap_up')), 0) / 3.6e6, 4) AS busy_hours,
round(
  coalesce(sum(milliseconds) FILTER (WHERE status_kind IN ('in_call', 'in_chat', 'wrap_up', 'available')), 0) / 3.6e6,
  4
) AS duty_hours,
round(sum(milliseconds) / 3.6e6, 4) AS login_hours
