"""Text files, cited as they are: plain text, markup, source code, data."""
