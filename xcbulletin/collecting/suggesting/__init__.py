"""What an editor is shown, in what order and why; what becomes of the answer."""
