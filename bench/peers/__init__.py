"""Pincite beside other libraries on the same passages and questions; see ``bench/README.md``."""
