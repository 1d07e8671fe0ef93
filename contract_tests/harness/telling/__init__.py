"""What the answers of a run have shown of a contract."""
