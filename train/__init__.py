"""How the model is made: examples and their weights, splits, fit, evaluation, backtest, promotion."""
