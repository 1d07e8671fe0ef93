"""duble: contracts of vendor APIs, doubles served from them, and the suite that holds both to them."""
