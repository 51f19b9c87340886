"""Metrics, question sets, scorecards: how good the answers are, in numbers."""
