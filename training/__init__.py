"""Fitting of what ships with the package; not shipped itself."""
