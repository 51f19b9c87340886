"""Language models that may phrase an answer: their names, their clients, their deadlines, their health."""
