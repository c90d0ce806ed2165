"""Code, not files: what we conclude. The origin model, its calibration, reasons, scoring and the registry."""
