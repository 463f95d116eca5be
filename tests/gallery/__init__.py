"""The gallery: every element of the house style once, printed in every variant of the page.

`make gallery` prints it and tells what has changed; test_gallery.py holds its layout to what was approved.
"""
