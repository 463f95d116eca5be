"""Publish an institute's industry-intelligence bulletin: Markdown in, PDF, web page and letter out."""

__version__ = "0.1.0"
