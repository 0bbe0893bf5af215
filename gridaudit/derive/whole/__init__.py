"""What only a whole table can tell, gathered piece by piece, so that a large one is derived in parts."""
