"""Finding and doing from anywhere: search, the palette, quick add, a form for every act."""
