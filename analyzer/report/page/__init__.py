"""The report as one HTML file, and its ladders as SVG by themselves."""
