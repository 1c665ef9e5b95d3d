"""What decides: plain Python without Flask, SQL or a clock. Everything it needs is handed to it."""
