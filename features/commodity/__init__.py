"""Commodity: what the goods are by tariff number and by description, and which order covers them."""
