"""What a vendor's spec says, read for the suite: operations, refusals, lives of records, with their lines."""
