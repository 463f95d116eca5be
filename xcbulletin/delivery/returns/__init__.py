"""What comes back: bounces, unsubscribe requests, and proof that a letter arrived."""
