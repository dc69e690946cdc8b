# SPDX-License-Identifier: BSD-3-Clause
"""The paid consultation: four browsers in one call, a site with tables of its own, time that is paid for, a bill."""
import decimal
import functools
import json
import os
import subprocess
import time

import database
import servers
import topology
from browser_call import HERE, PATIENCE_SECONDS, Call, install_driver
from case import ROOT, by_kernel, figures, wait_until
from test_accounts import Accounts

EXAMPLE = ROOT / "packaging" / "examples" / "consultations"
PEOPLE = ("arzt", "bea", "carlo", "dana")
SIDES = ("a", "b", "c", "d")
PAID, ADDED, ADDED_AT = 40, 20, 20
PRICE = decimal.Decimal("3.00")
URL = f"turn:{topology.SERVER}:3478?transport=udp"


class Conference:
    """Browsers, driven by a program that runs beside the test."""

    def __init__(self, test, people, passwords):
        install_driver()
        parties = [test.browser("chromium", side) | {"iceServers": [
            {"urls": [URL], "username": name, "credential": passwords[name]}]} for side, name in zip(SIDES, people)]
        request = {"parties": parties, "patienceMilliseconds": PATIENCE_SECONDS * 1000}
        self.process = subprocess.Popen(["node", str(HERE / "browser" / "conference.mjs"), json.dumps(request)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=os.environ | {"TMPDIR": str(test.server.folder)})
        test.addCleanup(self.close)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError("the driver of the browsers ended without a word")
        answer = json.loads(line)
        if "error" in answer:
            raise AssertionError(json.dumps(answer, indent=1))
        return answer

    def ask(self, **wish):
        self.process.stdin.write(json.dumps(wish) + "\n")
        self.process.stdin.flush()
        return self.answer()


class Consultation(Accounts):
    """A site with users, consultations, participants and payments, and the relay's role on its database."""

    database_kind = database.Postgres
    alone = True
    shape = staticmethod(functools.partial(topology.natted, sides=SIDES))
    browser, trust, authority = Call.browser, Call.trust, None
    changes = servers.merged(Accounts.changes, {
        "relay": {"addresses": [topology.SERVER]}, "peers": {"allow": []},
        "limits": {"call_warning_seconds": [10]}})

    @classmethod
    def prepare(cls):
        cls.database.run((EXAMPLE / "site.sql").read_text())
        super().prepare()
        cls.database.run((EXAMPLE / "relay.sql").read_text())
        cls.database.run("CREATE ROLE relay1 LOGIN IN ROLE turnpike_server")
        cls.changes = servers.merged(cls.changes, {"storage": {
            "url": cls.database.url.replace("user=turnpike", "user=relay1")}})

    def book(self, consultation, people):
        """What the site does when people book, and their passwords for the video."""
        passwords = {name: servers.secret(f"{name} may speak") for name in people}
        self.sql(f"INSERT INTO consultations VALUES ('{consultation}', {PRICE})")
        for name, password in passwords.items():
            self.sql(f"INSERT INTO users (login) VALUES ('{name}') ON CONFLICT (login) DO UPDATE SET active = true;"
                     f"SELECT set_video_password('{name}', '{password}');"
                     f"INSERT INTO participants SELECT '{consultation}', id FROM users WHERE login = '{name}'")
        return passwords

    def pay(self, consultation, seconds):
        self.sql(f"INSERT INTO payments (consultation, seconds) VALUES ('{consultation}', {seconds})")

    def media_at(self, consultation):
        [[at]] = self.sql(f"SELECT extract(epoch FROM media_at) FROM turnpike.call WHERE id = '{consultation}'")
        return float(at) if at else None

    def usage(self, consultation):
        columns = "username, connected_seconds, media_seconds, sent_bytes, received_bytes, open, reason"
        return {row[0]: row[1:] for row in
                self.sql(f"SELECT {columns} FROM turnpike.call_usage WHERE call = '{consultation}'")}

    def invoice(self, consultation):
        for row in self.sql((EXAMPLE / "invoice.sql").read_text()):
            if row[0] == consultation:
                return [decimal.Decimal(field) for field in row[1:]]
        return None

    @by_kernel
    def test_four(self):
        """Four browsers talk for 40 paid seconds and 20 that are paid for meanwhile; usage, browsers and bill agree"""
        passwords = self.book("c-100", PEOPLE)
        self.pay("c-100", PAID)
        conference = Conference(self, PEOPLE, passwords)
        self.assertEqual(conference.answer(), {"connected": True})
        began = self.media_at("c-100")
        self.wait_for(began + ADDED_AT)
        self.pay("c-100", ADDED)
        self.wait_for(began + PAID + ADDED + 3)
        parties = conference.ask(end=True)["parties"]
        self.judge_ends(began, parties)
        self.judge_bytes(parties)
        self.judge_bill()

    def wait_for(self, at):
        """A time of the wall's clock, which is what was paid for."""
        while (left := at - time.time()) > 0:
            time.sleep(left)

    def judge_ends(self, began, parties):
        errors = []
        for name, party in zip(PEOPLE, parties):
            last = party["samples"][-1]
            errors.append(last["heard"] / 1000 - began - PAID - ADDED)
            print(f"       {name}: the last packet {errors[-1]:+.2f} s from the end that was paid for, "
                  f"{last['frames']} pictures, {last['received']} bytes", flush=True)
        figures("consultation-ends", dict(zip(PEOPLE, errors)))
        for error in errors:
            self.assertLess(abs(error), 1)
        events = self.sql("SELECT kind, seconds_left, extract(epoch FROM at) FROM turnpike.event WHERE call = 'c-100'"
                          " ORDER BY id")
        self.assertEqual([row[:2] for row in events], [["began", str(PAID)], ["warning", "10"], ["ended", "0"]])
        self.assertAlmostEqual(float(events[1][2]) - began, PAID + ADDED - 10, delta=1)

    def judge_bytes(self, parties):
        wait_until(lambda: all(row[4] == "0" for row in self.usage("c-100").values()), "all rows are closed")
        usage, compared = self.usage("c-100"), {}
        for name, party in zip(PEOPLE, parties):
            samples = party["samples"]
            # What a browser sends after the end goes nowhere.
            at_end = next(each for each in samples if each["at"] >= samples[-1]["heard"])
            connected, media, sent, received, _, reason = usage[name]
            compared[name] = {"sent": [at_end["sent"], int(sent)],
                              "received": [samples[-1]["received"], int(received)],
                              "connected_seconds": int(connected), "media_seconds": int(media), "reason": reason}
            print(f"       {name}: sent {at_end['sent']} by the browser, {sent} by the bill; received "
                  f"{samples[-1]['received']} and {received}; connected {connected} s, media {media} s", flush=True)
        figures("consultation-bytes", compared)
        for name, row in compared.items():
            self.assertEqual(row["reason"], "call_time")
            for way in ("sent", "received"):
                browser, bill = row[way]
                self.assertLess(abs(bill - browser) / browser, 0.02, f"{name} {way}: {browser}, {bill}")

    def judge_bill(self):
        used, paid, amount = self.invoice("c-100")
        print(f"       invoice: {used} s used, {paid} s paid, {amount}", flush=True)
        self.assertEqual(paid, PAID + ADDED)
        self.assertLessEqual(abs(used - paid), 1)
        self.assertEqual(amount, round(min(used, paid) * PRICE / 60, 2))

    @by_kernel
    def test_disabled(self):
        """A participant who is disabled at 10 s is out within a second and cannot come back; the others talk on"""
        people = PEOPLE[:3]
        passwords = self.book("c-200", people)
        self.pay("c-200", 300)
        conference = Conference(self, people, passwords)
        self.assertEqual(conference.answer(), {"connected": True})
        self.wait_for(self.media_at("c-200") + 10)
        disabled = time.time()
        self.sql(f"UPDATE users SET active = false WHERE login = '{people[2]}'")
        again = conference.ask(tryAgain=2)
        self.assertFalse(again["found"], "there is a relay for somebody who was disabled")
        self.assertEqual({each["errorCode"] for each in again["errors"]}, {403})  # browsers keep the phrase to themselves
        self.wait_for(disabled + 3)
        parties = conference.ask(end=True)["parties"]
        last = [party["samples"][-1]["heard"] / 1000 for party in parties]
        print(f"       {people[2]} was out after {last[2] - disabled:.2f} s", flush=True)
        figures("consultation-disabled", {"seconds": last[2] - disabled})
        self.assertLess(last[2] - disabled, 1)
        for index in (0, 1):
            self.assertGreater(last[index] - disabled, 2)
        self.assertEqual(self.usage("c-200")[people[2]][5], "account_disabled")
