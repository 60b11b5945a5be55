count(*) FILTER (WHERE exit = 'answered' AND milliseconds IS NULL) AS unknown_waits,
round(
  sum(milliseconds) FILTER (WHERE exit = 'answered') / 1e3
    / count(milliseconds) FILTER (WHERE exit = 'answered'),
  1
) AS average_wait,
round(max(milliseconds) FILTER (WHERE exit = 'answered') / 1e3, 1) AS longest_wait
