"""Ladders, timelines and charts as shapes in a plane; the page and the plain text write them."""
