"""A folder of layers: find its files, open them, and tell everything that is wrong at once."""
