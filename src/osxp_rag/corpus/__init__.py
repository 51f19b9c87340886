"""Files → documents → passages, every offset kept."""
