"""Measured comparisons: the double against stock Connexion and a bare server, in one run on one machine."""
