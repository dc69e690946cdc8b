# SPDX-License-Identifier: BSD-3-Clause
"""Pages mint their own credentials: Chromium loads one of a known origin, fetches with a mint key, and calls through
the relay with what it got. From any other origin the browser refuses to show the answer."""
import functools

import topology
from admin_client import Admin, TOKEN
from browser_call import Call

PORT = 8478
# Plain HTTP, as the interface is: a page over HTTPS would need a proxy that speaks TLS before it.
SITE, STRANGER = "http://call.test", "http://stranger.test"


class Mint(Call):
    shape = staticmethod(functools.partial(topology.natted, ("udp 3478", "tcp 3478", f"tcp {PORT}")))
    changes = Call.changes | {"admin": {"listen": f"{topology.SERVER}:{PORT}", "token": TOKEN, "cors_origins": [SITE]}}

    def test_mint(self):
        """A page of a known origin mints with a mint key and calls; from another origin it is refused [H12]"""
        admin = Admin(self.network["server"], (topology.SERVER, PORT))
        made = admin("POST", "/v1/mint-keys", {"call": "consultation-7", "ttl": 600})
        self.assertEqual(made.status, 201, made.text)
        answer = self.place([], page=f"{SITE}/", stranger=f"{STRANGER}/", mint={
            "url": f"http://{topology.SERVER}:{PORT}/v1/credentials", "key": made.json["key"]})
        self.judge("minted", "udp", answer)
        self.assertIn("Failed to fetch", self.answer["stranger"])
