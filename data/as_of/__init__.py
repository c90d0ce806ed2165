"""What was known of the reference tables on a day: what became public (`known_from`) on an earlier day.

`days` are numpy `datetime64[D]`, one per line; answers are one per line, NaN where nothing was known.
"""
