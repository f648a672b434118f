"""From the tables at the hits to the single cell that answers."""

from qa.tables.reader import TableReader

__all__ = ["TableReader"]
