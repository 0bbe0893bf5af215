"""Facts of households (family L): who lives under one head, and what relatives say of each other."""
