"""Charts: what an editor wrote in a block and its data, to a picture, a text read aloud and a table."""
