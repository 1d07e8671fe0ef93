"""Parity: the same scenarios on our double and on another server, and in what the two differ."""
