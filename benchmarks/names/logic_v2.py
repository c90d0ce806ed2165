"""Scores of nomenklatura's logic-v2 for pairs of company names: JSON pairs in, JSON numbers out."""

import json
import sys

from followthemoney import EntityProxy, model
from nomenklatura.matching import get_algorithm


def company(name: str) -> EntityProxy:
    entity = model.make_entity("Company")
    entity.id = name
    entity.add("name", name)
    return entity


def main() -> None:
    logic = get_algorithm("logic-v2")
    config = logic.default_config()
    pairs = json.load(sys.stdin)
    print(json.dumps([logic.compare(company(left), company(right), config).score for left, right in pairs]))


if __name__ == "__main__":
    main()
