"""A simulated trade: causes first (fibre, firms, contracts), declarations and examinations after. Truth is kept apart."""
