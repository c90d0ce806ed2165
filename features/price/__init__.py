"""Price against fair market value, in spreads of the goods' own benchmark; below market is evidence, never proof."""
