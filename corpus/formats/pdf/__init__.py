"""PDF: its text, its tables, its pages as images."""
