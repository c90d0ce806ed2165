"""The packet: a PDF that is in the audit by its digest, and tells no score of a line drawn by lot."""

import hashlib
import json

from originrisk.serve.queue import packet
from originrisk.serve.queue.access import Visitor
from originrisk.serve.queue.db import audit
from tests.serve.queue.office import Office, lines


def test_the_packet_is_a_pdf_and_its_digest_in_the_audit(at: Office) -> None:
    ann, (entry, line) = at.at_work("ann"), lines(at)[0]
    answer = ann.get(f"/lines/{entry}/{line}/packet.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    with at.context.database.reading() as connection:
        (made,) = [row for row in audit.rows(connection) if row["action"] == "packet made"]
    assert json.loads(made["details"])["sha256"] == hashlib.sha256(answer.content).hexdigest()
    assert ann.get("/lines/none/1/packet.pdf").status_code == 404
    assert at.at_work("dora", "data_scientist").get(f"/lines/{entry}/{line}/packet.pdf").status_code == 403


def test_of_a_line_drawn_by_lot_it_holds_nothing_that_would_sway(at: Office) -> None:
    home = at.app.state.reading.get()[0]
    found = home.line(*lines(at, "lot")[0])
    told = packet._facts(found, [], None, Visitor(1, "ann", "officer", ""), at.now, simulated=True)
    assert told["lot"]
    assert [told[name] for name in ("summary", "odds", "flags", "concepts")] == [None, None, [], []]
    assert str(found.score["probability"])[:6] not in json.dumps(told, default=str)
