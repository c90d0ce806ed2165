"""How the scores are used: the night's batch, the online service, the officers' queue, monitoring."""
