"""A simulated trade: causes first, declarations and examinations after; the truth is kept apart."""
