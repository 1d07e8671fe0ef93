"""One room per vendor; rooms never import each other."""
