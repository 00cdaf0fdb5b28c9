"""Everything about pods that the workload types share. Pure."""
