"""Facts of grids: homes against the roster, and against grids of the same kind."""
