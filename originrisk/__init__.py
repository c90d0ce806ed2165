"""originrisk: how likely US import entry lines hold inputs from Xinjiang, with reasons.

The five packages live at the repository's root and are linked here under one name: nothing of a user's own collides.
"""
