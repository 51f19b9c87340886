"""How the index grows: corpora of any size made from the real one, and what building and asking cost on them."""
