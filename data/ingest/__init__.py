"""From a file of any shape to rows of the contract: read, map, repair, check, reject, run."""
