"""Ladders, timelines and charts, drawn as SVG or told as text."""
