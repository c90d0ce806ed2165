"""The datasheet, made from parameters and knobs: `python -m originrisk.data.world.datasheet > docs/world.md`."""

from typing import Any, Final

from originrisk.data.world.parameters import Table, parameters
from originrisk.data.world.pictures import PICTURES
from originrisk.data.world.settings import WorldSettings
from originrisk.data.world.truth import TRUTH
from originrisk.data.world.variants import VARIANTS

MARK: Final = "<!-- made by `python -m originrisk.data.world.datasheet`; a test compares -->"
_ABOUT: Final = ("meaning", "source", "confidence")
_CAPTIONS: Final = {
    "prevalence": "Prevalence by declared origin and year, beside what the parameters imply",
    "mechanisms": "Positive lines by mechanism",
    "prices": "Unit values",
    "examined": "Who is examined",
    "delay": "Days until a result is known",
}

INTRODUCTION: Final = """# The simulated trade

No labelled data on Xinjiang origin is public, so every figure of this project that needs labels stands on this
simulation. **A figure from it says how well the method recovers causes like these, not how much Xinjiang cotton is
in real trade.** All parties are invented; filer codes and importer numbers come from ranges that look unassigned.

    originrisk world --lines 1000000 --seed 0
    originrisk ingest entries var/world/entries

writes `entries/*.parquet`, `outcomes.parquet`, `listed.parquet` in the [contract](contract.md), and `truth.parquet`.
The same seed and settings give the same bytes. `truth.parquet` is for judging a simulated world only: nothing that
learns or scores may read it, and a test holds that.

## How it comes about

1. **Firms.** Makers in about 35 countries, sellers, consolidators, mills, importers, filers.
2. **Fibre.** Farms by region → traders → spinners → weavers or paste plants → makers, lot by lot and half-year by
   half-year, with lasting partners. Each lot carries its fibre by region; mass is conserved. A line is of Xinjiang
   because the lots it was cut from are. Some flows are kept apart from Xinjiang; more are, year by year.
3. **Contracts.** Standing relations between maker, seller, consolidator, importer and filer over a lane, for a time.
4. **Reactions.** At the orders and listings some knowing flows blend, relabel, reroute, undervalue, misdescribe, split
   into parcels or return under a new name; the follower keeps importer, seller and consolidator. Honest flows change
   name and origin too; they look alike and are not. Others have names that sound like listed ones.
5. **Declarations.** Tariff numbers and their renumbering, descriptions, units, weights, prices, charges, ports, MIDs by
   the rule, names and addresses in eight spellings, empty cells and slips of keying.
6. **Examinations.** Within a daily capacity: a random arm with its probability recorded, a written rule that changes
   with the orders, tips that leave no trace, follow-ups of findings, mandatory ones. Methods err at their own rates;
   denial depends on the regime; results come late; the last ones are pending.

## What it is not

- Its level is uncertain by a factor of two, and the knob `prevalence` is set to two thirds of what the parameters
  imply, so that positives stay rare among all lines. The examined share is far above the real one, so that there is
  something to learn.
- Trends are smooth, sellers are few, and one maker has one seat. Bills of lading, prices of other inputs, duties and
  quotas are absent; goods other than cotton and tomato are never of Xinjiang unless cotton is in them.
- Product and simulation come from the same hands. Variants turn the knobs far to one side to show what depends on it.
"""

MEASURED: Final = """## Measured

On two shared cores (November 2026), `python -m benchmarks.world speed --lines N`:

| lines | CPU seconds | peak memory |
|---|---|---|
| 1,000,000 | 7.5 | 0.9 GB |
| 5,000,000 | 33 | 2.5 GB |

Head-room, `python -m benchmarks.world headroom --lines 300000`: average precision on all lines of the last half-year,
1.5 % of them positive. Learners are plain gradient boosting without any care for noise or selection.

| what ranks the lines | AP |
|---|---|
| a written rule: Chinese cotton, then cheap | 0.07 |
| raw cells, labels of examined lines | 0.17 |
| features of the catalogue, labels of examined lines | 0.33 |
| the same features, truth of every line: the ceiling | 0.53 |
| every latent fact but the lot | 0.88 |

The ceiling varies much with size and seed, since a few hundred flows carry the positives of half a year: at 200,000
lines and seed 1 it is 0.28, with 0.15 for the features on examined labels. Compare models within one world, over
several seeds.

No feature alone separates: the best has an AUC of 0.80. Of all positives, 46 % are declared elsewhere than China.
About 55 % of positives are unwitting, somewhat more than the 45 % of the parameter `evasion_mix`.
"""


def page() -> str:
    """The whole datasheet."""
    pictures = "\n\n".join(f"![{_CAPTIONS[name]}](figures/world-{name}.png)" for name in PICTURES)
    sections = [
        f"{MARK}\n{INTRODUCTION}",
        "## Pictures\n\nOf one million lines, by `python -m originrisk.data.world.pictures docs/figures`.\n\n"
        f"{pictures}\n",
        MEASURED,
        f"## Knobs\n\n{_knobs()}\n",
        f"## Variants\n\n`originrisk world --variant NAME`. What differs from the default:\n\n{_variants()}\n",
        f"## Truth\n\n{_truth()}\n",
        f"## Parameters\n\n{_parameters()}",
    ]
    return "\n".join(sections)


def _knobs() -> str:
    rows = [
        f"| `{name}` | {field.default} | {field.description} |"
        for name, field in WorldSettings.model_fields.items()
    ]
    return _table(("knob", "default", "meaning"), rows)


def _variants() -> str:
    base = VARIANTS["default"].model_dump()
    changed = {name: settings.model_dump().items() - base.items() for name, settings in VARIANTS.items()}
    rows = [
        f"| `{name}` | {', '.join(f'{knob} {value:g}' for knob, value in sorted(knobs)) or 'none'} |"
        for name, knobs in changed.items()
    ]
    return _table(("variant", "knobs"), rows)


def _truth() -> str:
    columns = ", ".join(f"`{name}`" for name in TRUTH.names)
    return (
        f"Columns: {columns}.\n"
        "`exact_result`: what an exact examination finds. `y_any`: any input from Xinjiang.\n"
        "`xinjiang_fraction`: of the fibre. `probability`: of\n"
        "`y_any` given every latent fact but the lot. `maker_id` made the goods, `supplier_id` is declared,\n"
        "`predecessor_id` was declared before."
    )


def _parameters() -> str:
    return "\n".join(_parameter(name, table) for name, table in parameters().items())


def _parameter(name: str, table: Table) -> str:
    numbers = {key: value for key, value in table.items() if key not in _ABOUT}
    text = "; ".join(f"{key}: {_shown(value)}" for key, value in numbers.items())
    about = f"{table['meaning']}. Source: {table['source']}. Confidence: {table['confidence']}."
    return f"### `{name}`\n\n{about}\n\n{text}\n"


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_shown(part)}" for key, part in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *rows])


if __name__ == "__main__":
    print(page())
