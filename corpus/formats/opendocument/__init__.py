"""OpenDocument texts and presentations; its spreadsheets are with the other spreadsheets."""
