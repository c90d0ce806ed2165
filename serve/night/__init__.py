"""The night job: unattended scoring of a day that publishes the whole of it or nothing, and says how it went."""
