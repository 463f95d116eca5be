"""The pages of the archive, its feeds and its style: values in, paths and bytes out."""
