"""What is recommended, what it costs and achieves, and why."""
