"""Hits → answer: what is asked, the evidence, the gate, the quotes, and their verification."""
