"""The parties of a line that history knows, and what sentences call them."""

PARTIES = {
    "supplier": "supplier",
    "maker": "maker of this name",
    "address": "maker's address",
    "seller": "seller",
    "consolidator": "consolidator",
    "importer": "importer",
}
