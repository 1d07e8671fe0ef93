"""Tests of the machinery, against an invented vendor."""
