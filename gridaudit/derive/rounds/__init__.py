"""What one round knows, kept for the next one and held against it (C107, C108)."""
