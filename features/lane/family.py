"""The features of lanes, in the order of the model's columns."""

from originrisk.features.feature import Feature
from originrisk.features.lane import declared, examinations, novelty, origin_switch, traffic, transshipment

FEATURES: tuple[Feature, ...] = (
    declared.origin,
    declared.export_country,
    declared.loaded_in,
    declared.transport,
    declared.entry_district,
    declared.entry_type,
    transshipment.exported_elsewhere,
    transshipment.loaded_elsewhere,
    transshipment.passed_through_china,
    transshipment.days_in_transit,
    traffic.lane_lines,
    traffic.lane_share_of_origin,
    traffic.lane_growth,
    traffic.goods_origin_growth,
    origin_switch.importer_china_share_of_goods,
    origin_switch.importer_left_china,
    origin_switch.origin_share_at_importer,
    origin_switch.days_since_origin_at_importer,
    traffic.supplier_lines_by_port,
    traffic.importer_lines_by_port,
    *novelty.AGES,
    traffic.lane_goods_lines,
    declared.loading_region,
    transshipment.hub_share,
    transshipment.overseas_over_land,
    transshipment.unladen_elsewhere,
    origin_switch.importer_switch_after_legal_date,
    origin_switch.supplier_switch_after_legal_date,
    examinations.lane_found_rate,
    examinations.lane_goods_found_rate,
    examinations.lading_goods_found_rate,
    examinations.entry_port_found_rate,
)
