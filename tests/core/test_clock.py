"""Tests turn the hand themselves; the real clocks go on."""

from __future__ import annotations

import time

from clearhead.core.clock import ManualClock, SystemClock


def test_a_manual_clock_stands_still_until_it_is_told_to_go_on():
    clock = ManualClock(at=1000.0)
    assert (clock.now(), clock.now(), clock.monotonic()) == (1000.0, 1000.0, 0.0)
    clock.advance(5, minutes=1, hours=1)
    assert (clock.now(), clock.monotonic()) == (4665.0, 3665.0)


def test_setting_the_time_of_day_lets_no_time_pass():
    clock = ManualClock(at=1000.0)
    clock.set(500.0)
    assert (clock.now(), clock.monotonic()) == (500.0, 0.0)


def test_the_system_clock_tells_the_clocks_of_the_machine():
    clock = SystemClock()
    assert abs(clock.now() - time.time()) < 5
    assert clock.monotonic() <= time.monotonic() <= clock.monotonic()
