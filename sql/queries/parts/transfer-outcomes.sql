count(*) AS attempts,
count(*) FILTER (WHERE is_escalation) AS escalations,
count(*) FILTER (WHERE NOT is_escalation) AS transfers,
count(*) FILTER (WHERE NOT is_escalation AND transfer_outcome = 'transferred') AS transferred,
count(*) FILTER (WHERE NOT is_escalation AND transfer_outcome = 'failed') AS failed_transfers,
count(*) FILTER (WHERE NOT is_escalation AND transfer_outcome = 'cancelled') AS cancelled_transfers,
count(*) FILTER (WHERE NOT is_escalation AND transfer_outcome = 'unanswered') AS unanswered_transfers,
count(*) FILTER (WHERE NOT is_escalation AND transfer_outcome = 'open') AS open_transfers
