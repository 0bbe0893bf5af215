"""Facts of houses: their own rows, what they tell of each other, who lives in them."""
