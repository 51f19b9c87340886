"""Question → hits: candidates by vectors and by terms, fused."""
