"""Word, old and new, and RTF."""
