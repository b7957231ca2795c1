"""Threesixty: an open-source Customer 360."""
