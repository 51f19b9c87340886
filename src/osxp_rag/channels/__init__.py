"""The ways in, each thin: command line, batch, web chat."""
