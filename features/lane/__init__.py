"""Lane: where the goods say they were made, exported, loaded and landed, and how usual that way is."""
