"""The machinery of a double; it never imports a vendor."""
