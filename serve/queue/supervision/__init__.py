"""What a supervisor looks after: load, agreement, and what examinations find."""
