"""Serving the chat and the API that other programs ask."""

from pincite.server.app import LOOPBACK, launch

__all__ = ["LOOPBACK", "launch"]
