"""HTML, and EPUB, whose chapters are pages of it."""
