"""From answers to findings: what an answer must be, what causes a difference, what is known already."""
