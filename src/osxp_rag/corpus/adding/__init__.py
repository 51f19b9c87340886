"""Additions to the corpus: files copied into it, pages fetched into it where the network is allowed."""
