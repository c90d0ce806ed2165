"""Comments and their files over HTTP: bounded, kept by digest, given back as a download; the log; on each database."""

import hashlib

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import DatabaseError
from starlette.testclient import TestClient

from originrisk.serve.queue.attachments import MOST_BYTES
from originrisk.serve.queue.db import audit, comments
from originrisk.serve.queue.db.tables import COMMENTS
from tests.serve.queue.office import Office, lines, token, write

PAPER = b"<script>alert(1)</script> two samples"


def send(browser: TestClient, key: tuple[str, int], text: str = "", name: str = "", content: bytes = PAPER) -> int:
    """Fill in the form below the log; a browser sends an empty part where no file is chosen."""
    page = browser.get(f"/lines/{key[0]}/{key[1]}/findings").text
    form = {"csrf": token(page), "text": text}
    answer = browser.post(
        f"/lines/{key[0]}/{key[1]}/comments", data=form, files={"file": (name, content if name else b"")}
    )
    status: int = answer.status_code
    return status


def test_a_comment_and_its_file_are_kept_and_given_back_as_a_download(at: Office) -> None:
    ann, bob, key = at.at_work("ann"), at.at_work("bob"), lines(at)[0]
    assert send(ann, key, "the mill's papers <b>", "paper.txt") == 303
    at.later(seconds=1)
    assert send(ann, key, "words alone") == 303
    at.later(seconds=1)
    write(bob, key, decision="examine")
    with at.context.database.reading() as connection:
        log = comments.log_of(connection, key)
    assert [(one.kind, one.by, one.file) for one in log] == [
        ("comment", "ann", "paper.txt"),
        ("comment", "ann", None),
        ("finding", "bob", None),
    ]
    assert (at.settings.home / "queue/attachments" / hashlib.sha256(PAPER).hexdigest()).read_bytes() == PAPER
    page = bob.get(f"/lines/{key[0]}/{key[1]}").text
    assert "the mill&#39;s papers &lt;b&gt;" in page
    address = f"/lines/{key[0]}/{key[1]}/attachments/{log[0].comment}"
    assert address in page
    file = bob.get(address)
    assert file.content == PAPER
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith("attachment;")
    assert file.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in file.headers["content-security-policy"] or "'none'" in file.headers["content-security-policy"]
    other = lines(at)[1]
    assert bob.get(f"/lines/{other[0]}/{other[1]}/attachments/{log[0].comment}").status_code == 404
    assert ("ann", "comment written", f"/lines/{key[0]}/{key[1]}") in at.audited()


def test_what_is_no_comment_is_not_written(at: Office) -> None:
    ann, key = at.at_work("ann"), lines(at)[0]
    assert send(ann, key) == 422
    assert send(ann, key, "x" * 5001) == 422
    assert send(ann, key, "a page", "page.html") == 422
    assert send(ann, key, "too long", "long.txt", b"x" * (MOST_BYTES + 1)) == 422
    assert send(ann, key, "far too long", "long.txt", b"x" * (MOST_BYTES + 100_000)) == 413
    assert not (at.settings.home / "queue/attachments").exists()
    with at.context.database.reading() as connection:
        assert comments.log_of(connection, key) == []


def test_a_file_is_read_of_nobody_who_is_not_logged_in_nor_without_the_form(at: Office) -> None:
    key, files = lines(at)[0], {"file": ("paper.txt", PAPER)}
    address = f"/lines/{key[0]}/{key[1]}/comments"
    assert at.visitor().post(address, files=files).headers["location"].startswith("/login")
    assert at.at_work("ann").post(address, files=files, data={"text": "x"}).status_code == 403
    assert at.at_work("dora", "data_scientist").post(address, files=files).status_code == 403
    assert at.at_work("eve").post("/queue/undo", files=files).status_code == 415


def test_comments_stay_as_they_are_and_the_audit_tells_of_a_change(at: Office) -> None:
    ann, key = at.at_work("ann"), lines(at)[0]
    send(ann, key, "first")
    with pytest.raises(DatabaseError), at.context.database.writing() as connection:
        connection.execute(delete(COMMENTS))
    assert audit.verify(at.context.database, at.settings.home).problems == ()


def test_a_file_that_was_changed_in_the_home_is_not_given_out(at: Office) -> None:
    ann, key = at.at_work("ann"), lines(at)[0]
    send(ann, key, "", "paper.txt")
    (at.settings.home / "queue/attachments" / hashlib.sha256(PAPER).hexdigest()).write_bytes(b"another")
    answer = ann.get(f"/lines/{key[0]}/{key[1]}/attachments/1")
    assert answer.status_code == 422
    assert "backup" in answer.text
