# SPDX-License-Identifier: BSD-3-Clause
"""Which secrets of a configuration stand in a text that must hold none, such as a server's log."""
import base64
import hashlib
import re
import urllib.parse

# A shorter secret may be a word that is also a part of another one: it counts where it stands alone.
CERTAIN_BYTES = 12
URL_PASSWORD = re.compile(r"://[^/?@:]*:([^/?]*)@|\bpassword=([^& ]*)")


class LeakedSecret(AssertionError):
    pass


def secrets_of(config):
    """(where it is configured, the secret), of everything that `turnpike check-config` masks."""
    realm = config.get("realm", "")
    for name, password in config.get("users", {}).items():
        yield f"users.{name}", password
        for digest in (hashlib.md5, hashlib.sha256):
            yield f"users.{name} as a key", digest(f"{name}:{realm}:{password}".encode()).hexdigest()
    for secret in config.get("auth", {}).get("secrets", []):
        yield "auth.secrets", secret["secret"] if isinstance(secret, dict) else secret
    for key in config.get("auth", {}).get("access_tokens", []):
        yield "auth.access_tokens", key["key"]
        yield "auth.access_tokens", base64.b64decode(key["key"] + "==").decode("latin-1")
    if token := config.get("admin", {}).get("token"):
        yield "admin.token", token
    if found := URL_PASSWORD.search(config.get("storage", {}).get("url", "")):
        yield "storage.url", found[1] or found[2]


def forms_of(secret):
    """As it is, and as programs write it when they write it otherwise."""
    octets = secret.encode()
    escaped = "".join(char if " " <= char <= "~" else f"\\x{ord(char):02x}" for char in secret)
    return {secret, escaped, escaped.replace("\\", "\\\\").replace('"', '\\"'), urllib.parse.quote(secret), octets.hex(),
            base64.b64encode(octets).decode().rstrip("=")}


def stands_in(secret, text):
    for form in filter(None, forms_of(secret)):
        if form not in text:
            continue
        if len(form) >= CERTAIN_BYTES or re.search(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", text):
            return True
    return False


def check(text, config, others=()):
    """Raises LeakedSecret with each line that holds a secret; `others` are not in the configuration."""
    known = [*secrets_of(config), *(("elsewhere", each) for each in others)]
    leaked = [(where, secret) for where, secret in known if stands_in(secret, text)]
    leaks = [f"{where}: {line}" for where, secret in leaked for line in text.splitlines() if stands_in(secret, line)]
    if leaks:
        raise LeakedSecret("the log holds a secret, that of\n" + "\n".join(leaks))
