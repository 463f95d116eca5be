"""Sign-offs (三审三校): who has approved which text, kept so that nobody can change either unseen."""
