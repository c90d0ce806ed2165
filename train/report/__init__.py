"""What people read about models: the terminal, the HTML report, the model card."""
