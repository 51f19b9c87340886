"""Evidence → an answer in a language model's words, each sentence let out only with a quote that says the same."""
