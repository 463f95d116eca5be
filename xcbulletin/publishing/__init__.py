"""Issue → Edition → HTML, PDF, letter."""
