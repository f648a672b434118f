"""What several kinds of office files share; no format is read here."""
