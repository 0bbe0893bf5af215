"""Facts of residents: their own rows, the home each belongs to, numbers and phones seen elsewhere."""
