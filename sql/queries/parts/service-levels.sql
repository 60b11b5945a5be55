count(*) FILTER (WHERE is_short) AS short_abandons,
count(*) FILTER (WHERE in_time = 1) AS in_time,
count(*) FILTER (WHERE in_time = 0) AS not_in_time,
count(*) - count(in_time) AS not_judged,
round(100e0 * count(*) FILTER (WHERE in_time = 1) / nullif(count(in_time), 0), 1) AS service_level_percent,
round(
  100e0 * count(*) FILTER (WHERE exit = 'abandoned' AND ({{count_short}} = 'yes' OR coalesce(NOT is_short, true)))
    / nullif(count(*) FILTER (WHERE exit <> 'voicemail' AND ({{count_short}} = 'yes' OR coalesce(NOT is_short, true))), 0),
  1
) AS abandon_percent
