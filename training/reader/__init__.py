"""The reader's training: prepare, train, evaluate."""
