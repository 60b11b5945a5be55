count(*) AS visits,
count(*) FILTER (WHERE exit <> 'voicemail') AS offered,
count(*) FILTER (WHERE exit = 'answered') AS answered,
count(*) FILTER (WHERE exit = 'abandoned') AS abandoned,
count(*) FILTER (WHERE exit = 'deflected') AS deflected,
count(*) FILTER (WHERE exit = 'failed') AS failed,
count(*) FILTER (WHERE exit = 'cancelled') AS cancelled,
count(*) FILTER (WHERE exit = 'open') AS waiting,
count(*) FILTER (WHERE exit = 'voicemail') AS voicemail_visits
