"""Pages that are images, and the words read off them."""
