"""Spreadsheets, and delimited values: the cells as text, with their addresses."""
