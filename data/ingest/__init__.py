"""From a file of any shape to rows of the contract: map, repair, check, reject, run."""
