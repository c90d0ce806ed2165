"""Backtest: months replayed as a policy would have lived them."""
