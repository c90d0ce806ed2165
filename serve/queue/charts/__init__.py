"""Where things stand in a chart: numbers for the templates that draw them as SVG."""
