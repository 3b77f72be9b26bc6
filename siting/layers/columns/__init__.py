"""Say which header means which column, and turn a planner's cells into values."""
