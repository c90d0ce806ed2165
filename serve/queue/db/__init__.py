"""The queue's database: accounts, findings, an officer's work, and the audit of all that is done."""
