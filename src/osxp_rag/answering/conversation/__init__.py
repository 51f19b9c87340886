"""A conversation: earlier turns and a question in, a question that stands alone out."""
