"""A source is in the hands of one collector, until it lets go, dies, or does not answer for too long."""

import os
import platform
import subprocess

import pytest
from newsstand import HOUR, NOW, make_source
from sqlalchemy import Engine, update

from xcbulletin.collecting.inbox import claims, inbox
from xcbulletin.collecting.tables import source


@pytest.fixture
def ids(engine: Engine) -> list[int]:
    sources = [make_source("甲"), make_source("乙")]
    with engine.begin() as connection:
        inbox.register(connection, sources)
        found = inbox.standings(connection, sources)
    return [found[one.key].id for one in sources]


def claim(
    engine: Engine, ids: list[int], claimant: str, now: object = NOW, **options: bool
) -> frozenset[int]:
    with engine.begin() as connection:
        return claims.claim(connection, ids, claimant, now, **options)  # type: ignore[arg-type]


def test_what_one_has_in_hand_no_other_gets(engine: Engine, ids: list[int]) -> None:
    mine, other = claims.new_claimant(), claims.new_claimant()
    assert claim(engine, ids[:1], mine) == {ids[0]}
    assert claim(engine, ids, other) == {ids[1]}
    with engine.begin() as connection:
        assert claims.held(connection, ids, NOW) == set(ids)
        claims.release(connection, mine)
        assert claims.held(connection, ids, NOW) == {ids[1]}
    assert claim(engine, ids[:1], other) == set(ids)


def test_more_are_claimed_than_a_statement_takes(engine: Engine, ids: list[int]) -> None:
    many = range(min(ids), min(ids) + 70_000)
    assert claim(engine, [*many], claims.new_claimant()) == set(ids)
    with engine.begin() as connection:
        assert claims.held(connection, many, NOW) == set(ids)


def test_only_what_is_due_is_claimed_unless_asked_otherwise(engine: Engine, ids: list[int]) -> None:
    with engine.begin() as connection:
        connection.execute(update(source).where(source.c.id == ids[0]).values(next_due=NOW + HOUR))
    assert claim(engine, ids, claims.new_claimant()) == {ids[1]}
    assert claim(engine, ids, claims.new_claimant(), due_only=False) == {ids[0]}
    assert claim(engine, ids[:1], claims.new_claimant(), NOW + HOUR) == {ids[0]}


def test_what_a_wrong_clock_put_off_for_years_is_due(engine: Engine, ids: list[int]) -> None:
    with engine.begin() as connection:
        connection.execute(update(source).values(next_due=NOW + 33 * 24 * HOUR))
    assert claim(engine, ids, claims.new_claimant()) == set(ids)


def test_a_claim_that_is_not_renewed_lapses(engine: Engine, ids: list[int]) -> None:
    mine, other = claims.new_claimant(), claims.new_claimant()
    claim(engine, ids, mine)
    with engine.begin() as connection:
        claims.renew(connection, mine, NOW + claims.LEASE / 2)
    assert claim(engine, ids, other, NOW + claims.LEASE) == set()
    assert claim(engine, ids, other, NOW + 1.5 * claims.LEASE) == set(ids)


def test_what_a_killed_process_had_in_hand_is_free_at_once(engine: Engine, ids: list[int]) -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    claim(engine, ids, f"{platform.node()} {process.pid} abc")
    assert claim(engine, ids, claims.new_claimant()) == set(ids)


def test_of_another_machine_nobody_can_tell_whether_its_process_lives(engine: Engine, ids: list[int]) -> None:
    with subprocess.Popen(["true"]) as process:
        process.wait()
    claim(engine, ids, f"other-{platform.node()} {process.pid} abc")
    assert claim(engine, ids, claims.new_claimant()) == set()


@pytest.mark.parametrize("process", [1, os.getpid()])
def test_a_process_that_runs_lives_whoever_it_belongs_to(process: int) -> None:
    assert claims.lives(f"{platform.node()} {process} abc")
