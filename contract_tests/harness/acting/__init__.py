"""What the tests do: recipes, generated requests, lives of records, reads that must agree."""
