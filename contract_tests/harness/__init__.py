"""What the suite is made of: contracts, targets, requests, verdicts and reports."""
