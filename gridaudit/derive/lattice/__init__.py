"""The room lattice: floors by positions of every unit, and the homes nobody recorded in it (C104, C112, C113)."""
