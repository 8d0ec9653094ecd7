"""Pages that prepare reports, have them approved and send them."""
