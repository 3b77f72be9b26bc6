"""Model where places lie and who lives there when nobody has surveyed it."""
