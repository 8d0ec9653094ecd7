"""The pages of capacity: the heat map of people, what makes up a cell, and levelling proposals."""
