-- SPDX-License-Identifier: BSD-3-Clause
--
-- The tables of storage/postgres/schema, for the embedded database. Times are seconds since 1970 in
-- UTC, as unixepoch() has them. Null means "not said here".

CREATE TABLE schema_version (
    version    INTEGER PRIMARY KEY,
    applied_at REAL NOT NULL DEFAULT (unixepoch())
) STRICT;

CREATE TABLE realm (
    realm           TEXT PRIMARY KEY,
    session_seconds INTEGER CHECK (session_seconds > 0),
    bytes           INTEGER CHECK (bytes > 0),
    bits_per_second INTEGER CHECK (bits_per_second > 0),
    allocations     INTEGER CHECK (allocations > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE call (
    realm               TEXT NOT NULL,
    id                  TEXT NOT NULL CHECK (id <> ''),
    starts_at           REAL,
    ends_at             REAL,
    seconds             INTEGER CHECK (seconds > 0),
    media_at            REAL,
    ended_at            REAL,
    participants        INTEGER CHECK (participants > 0),
    bytes               INTEGER CHECK (bytes > 0),
    bits_per_second     INTEGER CHECK (bits_per_second > 0),
    leg_bits_per_second INTEGER CHECK (leg_bits_per_second > 0),
    created_at          REAL NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (realm, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    realm           TEXT NOT NULL,
    username        TEXT NOT NULL CHECK (username <> ''),
    key_md5         BLOB CHECK (length(key_md5) = 16),
    key_sha256      BLOB CHECK (length(key_sha256) = 32),
    enabled         INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    call            TEXT,
    deadline        REAL,
    bytes           INTEGER CHECK (bytes > 0),
    bits_per_second INTEGER CHECK (bits_per_second > 0),
    allocations     INTEGER CHECK (allocations > 0),
    created_at      REAL NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (realm, username),
    CHECK (key_md5 IS NOT NULL OR key_sha256 IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
    realm      TEXT NOT NULL,
    name       TEXT NOT NULL,
    secret     TEXT NOT NULL CHECK (secret <> ''),
    expired    TEXT CHECK (expired IN ('keep', 'end')),
    enabled    INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    created_at REAL NOT NULL DEFAULT (unixepoch()),
    PRIMARY KEY (realm, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE node (
    node       TEXT PRIMARY KEY,
    run        TEXT NOT NULL,
    started_at REAL NOT NULL,
    seen_at    REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE usage (
    id               TEXT PRIMARY KEY,
    node             TEXT NOT NULL,
    run              TEXT NOT NULL,
    realm            TEXT NOT NULL,
    username         TEXT NOT NULL,
    call             TEXT,
    transport        TEXT NOT NULL,
    client           TEXT NOT NULL,
    client_port      INTEGER NOT NULL,
    relayed          TEXT NOT NULL,
    started_at       REAL NOT NULL,
    first_media_at   REAL,
    last_media_at    REAL,
    media_seconds    INTEGER NOT NULL,
    updated_at       REAL NOT NULL,
    ended_at         REAL,
    reason           TEXT,
    sent_bytes       INTEGER NOT NULL,
    sent_packets     INTEGER NOT NULL,
    received_bytes   INTEGER NOT NULL,
    received_packets INTEGER NOT NULL
) STRICT;
CREATE INDEX usage_call ON usage (realm, call);
CREATE INDEX usage_user ON usage (realm, username, started_at);
CREATE INDEX usage_open ON usage (node) WHERE ended_at IS NULL;

CREATE TABLE event (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           REAL NOT NULL,
    kind         TEXT NOT NULL,
    realm        TEXT NOT NULL,
    call         TEXT NOT NULL,
    seconds_left INTEGER NOT NULL,
    ends_at      REAL NOT NULL,
    UNIQUE (realm, call, kind, seconds_left, ends_at)
) STRICT;

CREATE TABLE lease (
    realm       TEXT NOT NULL,
    username    TEXT NOT NULL,
    call        TEXT NOT NULL,
    node        TEXT NOT NULL,
    allocations INTEGER NOT NULL,
    expires_at  REAL NOT NULL,
    PRIMARY KEY (realm, username, call, node)
) STRICT, WITHOUT ROWID;

-- What PostgreSQL has as a function: WHERE realm = ... AND username = ... asks for one user.
CREATE VIEW credential AS
SELECT realm, username, key_md5, key_sha256, NULL AS password, enabled, call, deadline, bytes,
       bits_per_second, allocations
  FROM account;

-- What PostgreSQL has as LISTEN and NOTIFY: the server reads what was added here. It also removes
-- what is older than an hour.
CREATE TABLE change (
    id    INTEGER PRIMARY KEY AUTOINCREMENT,
    at    REAL NOT NULL DEFAULT (unixepoch()),
    kind  TEXT NOT NULL,
    realm TEXT NOT NULL,
    name  TEXT NOT NULL
) STRICT;

CREATE TRIGGER account_inserted AFTER INSERT ON account BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('account', NEW.realm, NEW.username);
END;
CREATE TRIGGER account_updated AFTER UPDATE ON account BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('account', OLD.realm, OLD.username),
                                                  ('account', NEW.realm, NEW.username);
END;
CREATE TRIGGER account_deleted AFTER DELETE ON account BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('account', OLD.realm, OLD.username);
END;
CREATE TRIGGER call_inserted AFTER INSERT ON call BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('call', NEW.realm, NEW.id);
END;
CREATE TRIGGER call_updated AFTER UPDATE ON call BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('call', OLD.realm, OLD.id),
                                                  ('call', NEW.realm, NEW.id);
END;
CREATE TRIGGER call_deleted AFTER DELETE ON call BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('call', OLD.realm, OLD.id);
END;
CREATE TRIGGER secret_inserted AFTER INSERT ON secret BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('secret', NEW.realm, '');
END;
CREATE TRIGGER secret_updated AFTER UPDATE ON secret BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('secret', OLD.realm, ''), ('secret', NEW.realm, '');
END;
CREATE TRIGGER secret_deleted AFTER DELETE ON secret BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('secret', OLD.realm, '');
END;
CREATE TRIGGER realm_inserted AFTER INSERT ON realm BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('realm', NEW.realm, '');
END;
CREATE TRIGGER realm_updated AFTER UPDATE ON realm BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('realm', OLD.realm, ''), ('realm', NEW.realm, '');
END;
CREATE TRIGGER realm_deleted AFTER DELETE ON realm BEGIN
    INSERT INTO change (kind, realm, name) VALUES ('realm', OLD.realm, '');
END;

CREATE VIEW call_usage AS
WITH spans AS (
    SELECT u.*, coalesce(ended_at, updated_at) AS until,
           last_media_at + 1 AS media_until,
           max(coalesce(ended_at, updated_at)) OVER earlier AS covered,
           max(last_media_at + 1) OVER earlier_media AS media_covered
      FROM usage u
     WHERE call IS NOT NULL
    WINDOW earlier AS (PARTITION BY realm, call, username ORDER BY started_at, id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
           earlier_media AS (PARTITION BY realm, call, username ORDER BY first_media_at NULLS LAST, id
                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT s.realm, s.call, s.username,
       min(s.started_at) AS started_at,
       max(s.until) AS ended_at,
       CAST(round(sum(max(s.until - max(s.started_at, coalesce(s.covered, s.started_at)), 0))) AS INTEGER)
           AS connected_seconds,
       CAST(min(sum(s.media_seconds),
                round(coalesce(sum(max(s.media_until
                                       - max(s.first_media_at, coalesce(s.media_covered, s.first_media_at)), 0)),
                               0))) AS INTEGER)
           AS media_seconds,
       sum(s.sent_bytes) AS sent_bytes,
       sum(s.received_bytes) AS received_bytes,
       count(*) AS allocations,
       count(*) FILTER (WHERE s.ended_at IS NULL) AS open,
       (SELECT l.reason FROM usage l
         WHERE l.realm = s.realm AND l.call = s.call AND l.username = s.username
         ORDER BY l.ended_at DESC NULLS LAST LIMIT 1) AS reason
  FROM spans s
 GROUP BY s.realm, s.call, s.username;

CREATE TRIGGER call_began AFTER UPDATE OF media_at ON call
WHEN OLD.media_at IS NULL AND NEW.media_at IS NOT NULL AND NEW.seconds IS NOT NULL BEGIN
    INSERT OR IGNORE INTO event (at, kind, realm, call, seconds_left, ends_at)
    VALUES (NEW.media_at, 'began', NEW.realm, NEW.id, NEW.seconds, NEW.media_at + NEW.seconds);
END;
