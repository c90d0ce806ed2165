"""Who is behind the spellings of makers: learned beside history, told to people, read by no feature."""
