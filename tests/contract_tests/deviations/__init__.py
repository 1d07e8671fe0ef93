"""Planted deviations: what a server may do wrong, built from the specs, and whether the suite notices.

`python -m tests.contract_tests.deviations` plants them one by one and prints which were caught.
"""
