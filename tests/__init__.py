"""Tests of our own machinery."""
