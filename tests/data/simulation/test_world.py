"""A whole world: it has the contract's shape, is the same each time, and keeps the rates it was given."""

import time
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from originrisk.data.contract import ENTRIES, LISTED, OUTCOMES
from originrisk.data.dispositions import DENIALS, weak_labels
from originrisk.data.identifiers import entry_number, importer_number, manufacturer_id
from originrisk.data.simulation.settings import WorldSettings
from originrisk.data.simulation.tables import parameters, values
from originrisk.data.simulation.world import World, make


@pytest.fixture(scope="module")
def settings() -> WorldSettings:
    return WorldSettings(lines=300_000, seed=1)


@pytest.fixture(scope="module")
def world(settings: WorldSettings) -> World:
    return make(settings)


@pytest.fixture(scope="module")
def frame(world: World) -> pd.DataFrame:
    """Entries beside their truth."""
    truth = world.truth.to_pandas().drop(columns=["entry_number", "line_number"])
    return pd.concat([world.entries.to_pandas(), truth], axis=1)


@pytest.fixture(scope="module")
def examined(world: World, frame: pd.DataFrame) -> pd.DataFrame:
    keys = ["entry_number", "line_number"]
    return world.outcomes.to_pandas().merge(frame, on=keys, validate="one_to_one")


def test_tables_have_the_contracts_schemas(world: World) -> None:
    assert world.entries.schema == ENTRIES.schema
    assert world.outcomes.schema == OUTCOMES.schema
    assert world.listed.schema == LISTED.schema


def test_required_cells_are_there_and_keys_are_unique(world: World, settings: WorldSettings) -> None:
    assert world.entries.num_rows == settings.lines == world.truth.num_rows
    required = [column.name for column in ENTRIES.columns if column.required]
    assert all(world.entries[name].null_count == 0 for name in required)
    assert len(world.entries.group_by(["entry_number", "line_number"]).aggregate([])) == settings.lines
    neither = pc.and_(pc.is_null(world.entries["manufacturer_id"]), pc.is_null(world.entries["manufacturer_name"]))
    assert not pc.any(neither).as_py()


def test_identifiers_are_well_formed_and_look_unassigned(world: World) -> None:
    assert entry_number.valid(world.entries["entry_number"]).all()
    assert pc.all(pc.starts_with(world.entries["entry_number"], "Z")).as_py()
    importers = pc.unique(world.entries["importer_number"]).drop_null().to_pylist()
    assert {importer_number.form(number) for number in importers} <= {"EIN", "CBP"}
    mids = pc.unique(world.entries["manufacturer_id"]).drop_null().to_pylist()
    assert all(manufacturer_id.parse(mid) for mid in mids[:3000])


def test_the_same_settings_give_the_same_world() -> None:
    settings = WorldSettings(lines=2_000, seed=9)
    first, second = make(settings), make(settings)
    assert first.entries == second.entries
    assert first.outcomes == second.outcomes
    assert first.listed == second.listed
    assert first.truth == second.truth


def test_another_seed_gives_another_world() -> None:
    first, second = (make(WorldSettings(lines=2_000, seed=seed)).entries for seed in (1, 2))
    assert first["entry_date"] != second["entry_date"]


def test_a_small_world_is_made_quickly() -> None:
    start = time.process_time()
    make(WorldSettings(lines=5_000))
    assert time.process_time() - start < 4


def test_two_thirds_of_the_lines_are_unrelated_goods(frame: pd.DataFrame) -> None:
    chapter = frame["htsus"].str[:2].astype(int)
    related = chapter.between(50, 63) | frame["htsus"].str[:4].isin(
        ["2002", "2103", "0712", "2009", "6404", "6505", "9404", "4202"]
    )
    assert 0.25 < related.mean() < 1 / 3 + 0.02


def test_positives_are_rare_and_two_in_five_are_declared_elsewhere_than_china(frame: pd.DataFrame) -> None:
    assert 0.012 < frame["y_any"].mean() < 0.04
    elsewhere = (frame["country_of_origin"] != "CN")[frame["y_any"]].mean()
    assert 0.30 < elsewhere < 0.70


def _cotton(frame: pd.DataFrame) -> pd.Series:
    cotton = ("6109100", "6105", "6203420", "6204620", "6302600", "6110201", "6104622", "620520", "611120", "6103421")
    return frame["htsus"].str.startswith(cotton)


def test_prevalence_of_cotton_lines_falls_as_the_parameters_imply(frame: pd.DataFrame, settings: WorldSettings) -> None:
    """Tolerance: half to double, the stated uncertainty of the level, and falling from 2019 to 2023."""
    cotton = frame[_cotton(frame)]
    year = pd.to_datetime(cotton["entry_date"]).dt.year
    found = cotton.groupby(year)["y_any"].mean()
    for text, implied in parameters()["prevalence_of_cotton_lines"]["years"].items():
        if int(text) in found.index:
            assert 0.5 < found[int(text)] / (implied * settings.prevalence) < 2
    assert found[2023] < 0.7 * found[2019]


def test_prevalence_by_origin_is_ordered_as_dependence_on_china(frame: pd.DataFrame) -> None:
    cotton = frame[_cotton(frame)]
    rate = cotton.groupby("country_of_origin")["y_any"].agg(["mean", "size"])
    rate = rate[rate["size"] > 300]["mean"]
    dependent = [code for code in ("CN", "KH", "BD", "VN") if code in rate]
    independent = [code for code in ("IN", "PK", "MX", "HN") if code in rate]
    assert rate[dependent].mean() > 4 * rate[independent].mean()


def test_every_mechanism_occurs_and_evasion_only_after_the_region_order(frame: pd.DataFrame) -> None:
    positive = frame[frame["y_any"]]
    late = positive[positive["entry_date"] > date(2021, 6, 1)]
    assert set(values("evasion_mix")) <= set(late["mechanism"].astype(str))
    early = positive[positive["entry_date"] < parameters()["orders"]["first_garment_order"]]
    assert not early["evasion"].any()
    assert 0.25 < (late["mechanism"] == "unwitting").mean() < 0.65


def test_relabelled_goods_are_declared_elsewhere_than_made(frame: pd.DataFrame) -> None:
    relabelled = frame[frame["mechanism"] == "relabelling"]
    assert (relabelled["made_in"].astype(str) == "CN").all()
    assert (relabelled["country_of_origin"] != "CN").all()


def test_misdescribed_cotton_is_declared_as_another_fibre(frame: pd.DataFrame) -> None:
    hidden = frame[frame["mechanism"] == "misdescription"]
    assert len(hidden) > 5
    assert (~_cotton(hidden)).mean() > 0.5


def test_parcels_are_small_and_new_firms_have_a_predecessor(frame: pd.DataFrame) -> None:
    assert frame["entered_value_usd"][frame["mechanism"] == "parcel_split"].median() < 1_000
    shells = frame[frame["mechanism"] == "shell"]
    assert (shells["supplier_id"] != shells["maker_id"]).all()
    assert shells["predecessor_id"].notna().any()


def test_look_alikes_exist_and_are_mostly_clean(frame: pd.DataFrame) -> None:
    for name in ("renamed", "moved_for_tariff", "homonym"):
        alike = frame["look_alike"] == name
        assert alike.sum() > 20
        assert frame["y_any"][alike].mean() < 0.2


def test_clean_and_dirty_suppliers_share_consolidators_and_some_mids_collide(frame: pd.DataFrame) -> None:
    dirty = frame.groupby("consolidator_name")["y_any"].mean()
    assert ((dirty > 0) & (dirty < 0.5)).sum() > 10
    assert (frame.groupby("manufacturer_id")["supplier_id"].nunique() > 1).any()
    assert (frame.groupby("supplier_id")["manufacturer_id"].nunique() > 1).mean() > 0.2


def test_vietnamese_goods_are_often_laden_elsewhere(frame: pd.DataFrame) -> None:
    vietnam = frame[(frame["country_of_origin"] == "VN") & frame["port_of_lading"].notna()]
    elsewhere = ~vietnam["port_of_lading"].str.startswith("552")
    assert 0.1 < elsewhere[~vietnam["y_any"]].mean() < 0.5


def test_dated_rules_hold(frame: pd.DataFrame) -> None:
    orders = parameters()["orders"]
    parcels = frame[frame["entry_type"] == "86"]
    assert len(parcels) > 0
    assert (parcels["entry_date"] >= orders["type_86_from"]).all()
    chinese = frame[frame["country_of_origin"] == "CN"]
    given = chinese["manufacturer_postal_code"].notna()
    after = chinese["entry_date"] >= orders["postal_code_required"]
    assert given[after].mean() > 0.9
    assert given[~after].mean() < 0.15
    renumbered = frame["htsus"].isin(["6201922031", "8517120050"])
    assert (frame["entry_date"][renumbered] < orders["tariff_renumbering"]).all()


def test_no_single_cell_tells_the_truth(frame: pd.DataFrame) -> None:
    amounts = ("quantity", "gross_weight_kg", "entered_value_usd", "charges_usd")
    for name in amounts:
        ranks = frame[name].fillna(frame[name].median()).rank()
        positive = frame["y_any"]
        auc = (ranks[positive].mean() - (positive.sum() + 1) / 2) / (~positive).sum()
        assert 0.3 < auc < 0.7


def test_random_arm_is_large_enough_and_fair(examined: pd.DataFrame, settings: WorldSettings) -> None:
    drawn = examined[examined["selection"] == "random"]
    assert len(drawn) / len(examined) > 0.05
    assert drawn["selection_probability"].between(0, 1).all()
    assert examined["selection_probability"][examined["selection"] != "random"].isna().all()
    assert (1 / drawn["selection_probability"]).sum() == pytest.approx(settings.lines, rel=0.15)


def test_targeting_finds_more_than_chance_and_misses_much(frame: pd.DataFrame, examined: pd.DataFrame) -> None:
    targeted = examined[examined["selection"] == "targeted"]
    assert targeted["y_any"].mean() > 2 * frame["y_any"].mean()
    assert len(examined[examined["y_any"]]) < 0.6 * frame["y_any"].sum()


def test_methods_err_at_the_rates_of_the_parameters(examined: pd.DataFrame) -> None:
    done = examined[examined["result"].isin(["xinjiang", "not_xinjiang"])]
    says = done["result"] == "xinjiang"
    isotopic, review = done["method"] == "isotopic", done["method"] == "document_review"
    assert says[isotopic & ~done["y_any"]].mean() == pytest.approx(0.02, abs=0.02)
    assert says[isotopic & done["y_any"] & (done["xinjiang_fraction"] >= 0.3)].mean() > 0.7
    assert says[review & done["y_any"]].mean() == pytest.approx(parameters()["documents"]["review"]["y1"], abs=0.12)
    label = weak_labels(pa.Table.from_pandas(examined[["method", "result", "disposition"]]))[0].to_pandas()
    held = (examined["method"] == "detention") & label.notna() & ~examined["y_any"]
    assert 0.15 < (label[held] == "xinjiang").mean() < 0.5


def test_delays_are_those_of_the_parameters_and_the_last_ones_are_pending(world: World) -> None:
    outcomes = world.outcomes.to_pandas()
    days = (pd.to_datetime(outcomes["outcome_date"]) - pd.to_datetime(outcomes["selected_date"])).dt.days
    assert days.min() >= 1
    isotopic = days[outcomes["method"] == "isotopic"].median()
    assert isotopic == pytest.approx(4 + 28, abs=5)
    pending = outcomes["outcome_date"].isna()
    assert pending.any()
    assert outcomes["result"][pending].isna().all()
    assert (outcomes["selected_date"][pending] > date(2023, 3, 1)).all()


def test_listed_parties_stop_and_their_listing_is_dated_as_an_order(world: World, frame: pd.DataFrame) -> None:
    days = set(parameters()["orders"]["listings"])
    assert set(world.listed["effective_date"].to_pylist()) <= days
    rows = world.listed.to_pylist()
    assert len(rows) > 5
    stopped = [row for row in rows if row["programme"] != "UFLPA (ii)"]
    for name, address, day in ((row["name"], row["address"], row["effective_date"]) for row in stopped):
        seat = frame["manufacturer_address"] + ", " + frame["manufacturer_city"]
        same = (frame["manufacturer_name"] == name) & (seat == address)
        assert not (frame["entry_date"][same] > day).any()


def test_received_on_is_never_before_the_entry(world: World) -> None:
    assert pc.all(pc.greater_equal(world.entries["received_on"], world.entries["entry_date"])).as_py()
    assert world.entries["received_on"].null_count == 0


def test_entries_come_in_order_of_date(world: World) -> None:
    days = world.entries["entry_date"].cast(pa.int32()).to_numpy()
    assert (np.diff(days) >= 0).all()


def test_every_sector_has_both_answers_and_goods_without_a_material_have_one(frame: pd.DataFrame) -> None:
    sectors = {"solar": "8541", "aluminium": "76", "pvc": "39(04|17|18|20|25)", "battery": "8507", "vehicle": "8708"}
    for name, start in {**sectors, "tomato": "(2002|2103|0712|2009)"}.items():
        rate = frame["y_any"][frame["htsus"].str.match(start)].mean()
        assert 0.002 < rate < 0.5, name
    assert not frame["y_any"][frame["htsus"].str.match("84(71|73)|8517|85423")].any()


def test_solar_leads_what_is_detained_by_value_and_apparel_is_little_of_it(examined: pd.DataFrame) -> None:
    held = examined[(examined["method"] == "detention") & (examined["entry_date"] > date(2022, 6, 21))]
    share = held.groupby(held["htsus"].str[:2])["entered_value_usd"].sum() / held["entered_value_usd"].sum()
    assert share.idxmax() == "85"
    assert share.reindex(["61", "62"]).sum() < 0.25


def test_newcomers_are_about_as_frequent_among_clean_lines_as_among_positive_ones(frame: pd.DataFrame) -> None:
    day = pd.to_datetime(frame["entry_date"])
    young = (day - day.groupby(frame["supplier_id"]).transform("min")).dt.days < 90
    settled = day > pd.Timestamp(2020, 7, 1)
    clean, positive = (young[settled & (frame["y_any"] == answer)].mean() for answer in (False, True))
    assert 0.6 < clean / positive < 1.6


def test_firms_listed_for_moved_labour_go_on_and_hold_no_xinjiang_input(world: World, frame: pd.DataFrame) -> None:
    rows = [row for row in world.listed.to_pylist() if row["programme"] == "UFLPA (ii)"]
    assert rows
    seat = frame["manufacturer_address"] + ", " + frame["manufacturer_city"]
    named = frame[frame["manufacturer_name"].isin([r["name"] for r in rows]) & seat.isin([r["address"] for r in rows])]
    assert len(named) > 0
    assert not named["y_any"].any()


def test_what_was_done_follows_the_regime_and_a_denial_is_never_evidence(examined: pd.DataFrame) -> None:
    known = examined[examined["outcome_date"].notna()]
    held, since = known["method"] == "detention", known["entry_date"] >= parameters()["orders"]["uflpa"]
    assert known["disposition"][held & ~since].isna().all()
    assert known["disposition"][~held | since].notna().all()
    refused = known["disposition"].isin(DENIALS)
    assert (known["result"][refused & ~held] == "xinjiang").all()
    assert (known["result"][refused & held] == "inconclusive").all()
    assert {"denied", "excluded", "exported", "released_on_evidence"} <= {*known["disposition"][held & since]}
    tested = known["method"].isin(["isotopic", "dna"]) & (known["result"] == "not_xinjiang")
    assert (known["disposition"][tested] == "released_on_evidence").all()


def test_components_of_sets_have_their_value_with_the_header(frame: pd.DataFrame) -> None:
    component = frame["entered_value_usd"] == 0
    assert 0.001 < component.mean() < 0.02
    assert set(frame["line_number"][component]) == {2, 3}
    headers = frame[frame["entry_number"].isin(frame["entry_number"][component]) & (frame["line_number"] == 1)]
    assert headers["entered_value_usd"].median() > 1.5 * frame["entered_value_usd"][~component].median()


def test_some_goods_of_mexico_and_central_america_give_chapter_98_alone(frame: pd.DataFrame) -> None:
    special = frame["htsus"] == "9802008068"
    assert special.sum() > 50
    assert set(frame["country_of_origin"][special]) <= {"MX", "HN", "SV", "GT", "NI"}


def test_smelting_in_china_is_told_of_goods_of_other_origins_too(frame: pd.DataFrame) -> None:
    told = frame[frame["smelt_country"].notna()]
    assert (told["entry_date"] >= parameters()["orders"]["smelt_required"]).all()
    assert told["htsus"].str.match("76|87|4011|8409|9802").all()
    elsewhere = told[(told["country_of_origin"] != "CN") & (told["smelt_country"] == "CN")]
    assert 10 < len(elsewhere) < 0.4 * len(told)
    assert frame["melt_pour_country"].isna().all()


def test_goods_counted_in_dozens_tell_their_kilograms_too(frame: pd.DataFrame) -> None:
    dozens = frame["unit_of_measure"] == "DOZ"
    assert frame["second_quantity"][dozens].notna().mean() > 0.9
    assert set(frame["second_unit"][dozens].dropna()) == {"KG"}
    assert frame["second_quantity"][~dozens & frame["unit_of_measure"].notna()].isna().all()
