-- SPDX-License-Identifier: BSD-3-Clause
--
-- Who may relay, for how long and how much, and what they used. In every table null means "not said
-- here": what stands above it counts then (user and call, realm, configuration).

CREATE SCHEMA turnpike;

CREATE TABLE turnpike.schema_version (
    version    integer PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- What holds for all of a realm's users, where they have nothing of their own.
CREATE TABLE turnpike.realm (
    realm           text PRIMARY KEY,
    session_seconds integer CHECK (session_seconds > 0),  -- of one allocation
    bytes           bigint CHECK (bytes > 0),             -- of one allocation, both ways
    bits_per_second bigint CHECK (bits_per_second > 0),   -- of one user, each way
    allocations     integer CHECK (allocations > 0)       -- of one user, at once
);

-- A call: several users' allocations under one time limit, one budget, one bill.
CREATE TABLE turnpike.call (
    realm               text NOT NULL,
    id                  text NOT NULL CHECK (id <> ''),
    starts_at           timestamptz,                              -- nobody gets in before
    ends_at             timestamptz,                              -- everybody is out by then
    seconds             integer CHECK (seconds > 0),              -- counted from the first relayed media
    media_at            timestamptz,                              -- when that was; the server writes it
    ended_at            timestamptz,                              -- cut by hand
    participants        integer CHECK (participants > 0),         -- different users at once
    bytes               bigint CHECK (bytes > 0),                 -- of all its allocations, both ways
    bits_per_second     bigint CHECK (bits_per_second > 0),       -- of the whole call, each way
    leg_bits_per_second bigint CHECK (leg_bits_per_second > 0),   -- of each allocation, each way
    created_at          timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (realm, id)
);

-- When a call is over, as far as that is known yet.
CREATE FUNCTION turnpike.call_end(call turnpike.call) RETURNS timestamptz LANGUAGE sql STABLE AS
$$ SELECT least($1.ended_at, $1.ends_at, $1.media_at + make_interval(secs => $1.seconds)) $$;

-- The server's own users. Keys as the long-term credential mechanism derives them (RFC 8489 section
-- 9.2.2 and 18.5.1), so that a copy of this table logs in here and nowhere else.
CREATE TABLE turnpike.account (
    realm           text NOT NULL,
    username        text NOT NULL CHECK (username <> ''),
    key_md5         bytea CHECK (octet_length(key_md5) = 16),
    key_sha256      bytea CHECK (octet_length(key_sha256) = 32),
    enabled         boolean NOT NULL DEFAULT true,
    call            text,
    deadline        timestamptz,
    bytes           bigint CHECK (bytes > 0),            -- of one allocation, both ways
    bits_per_second bigint CHECK (bits_per_second > 0),  -- of all its allocations, each way
    allocations     integer CHECK (allocations > 0),     -- at once
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (realm, username),
    CHECK (key_md5 IS NOT NULL OR key_sha256 IS NOT NULL)
);

-- Shared secrets of time-limited usernames: several, so that one can follow another.
CREATE TABLE turnpike.secret (
    realm      text NOT NULL,
    name       text NOT NULL,                                          -- which one, for people
    secret     text NOT NULL CHECK (secret <> ''),
    expired    text CHECK (expired IN ('keep', 'end')),                -- as auth.expired
    enabled    boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (realm, name)
);

-- Servers that share this database.
CREATE TABLE turnpike.node (
    node       text PRIMARY KEY,
    run        text NOT NULL,  -- of this process: another one after each start
    started_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);

-- One row for an allocation. Written when it begins, every minute, and when it ends.
CREATE TABLE turnpike.usage (
    id                  text PRIMARY KEY,
    node                text NOT NULL,
    run                 text NOT NULL,
    realm               text NOT NULL,
    username            text NOT NULL,
    call                text,
    transport           text NOT NULL,          -- of the client: udp, tcp, tls, dtls
    client              inet NOT NULL,
    client_port         integer NOT NULL,
    relayed             text NOT NULL,          -- one address and port, or two
    started_at          timestamptz NOT NULL,
    first_media_at      timestamptz,
    last_media_at       timestamptz,
    media_seconds       integer NOT NULL,       -- in which something was relayed
    updated_at          timestamptz NOT NULL,
    ended_at            timestamptz,            -- null: it lives
    reason              text,
    sent_bytes          bigint NOT NULL,        -- client to peer: payload, no headers
    sent_packets        bigint NOT NULL,
    received_bytes      bigint NOT NULL,        -- peer to client
    received_packets    bigint NOT NULL
);
CREATE INDEX usage_call ON turnpike.usage (realm, call);
CREATE INDEX usage_user ON turnpike.usage (realm, username, started_at);
CREATE INDEX usage_open ON turnpike.usage (node) WHERE ended_at IS NULL;

-- What happens to calls, for whoever follows them: `began` (with the first media, where its time runs
-- from there), `warning`, `ended`. Several servers may see the same; it stands here once.
CREATE TABLE turnpike.event (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    kind         text NOT NULL,
    realm        text NOT NULL,
    call         text NOT NULL,
    seconds_left integer NOT NULL,
    ends_at      timestamptz NOT NULL,  -- the call, as of then
    UNIQUE (realm, call, kind, seconds_left, ends_at)
);

-- How many allocations each server holds, by user and call ('': none). A row that is not renewed is
-- void.
CREATE TABLE turnpike.lease (
    realm       text NOT NULL,
    username    text NOT NULL,
    call        text NOT NULL,
    node        text NOT NULL,
    allocations integer NOT NULL,
    expires_at  timestamptz NOT NULL,
    PRIMARY KEY (realm, username, call, node)
);
CREATE INDEX lease_call ON turnpike.lease (realm, call);
CREATE INDEX lease_node ON turnpike.lease (node);

-- The contract with a site: replace this function by one over your own tables, with the same columns.
-- No row: no such user. A password, instead of keys, where the site keeps it.
CREATE FUNCTION turnpike.credential(realm text, username text)
RETURNS TABLE (
    key_md5 bytea, key_sha256 bytea, password text, enabled boolean, call text, deadline timestamptz,
    bytes bigint, bits_per_second bigint, allocations integer
) LANGUAGE sql STABLE AS $$
    SELECT a.key_md5, a.key_sha256, NULL, a.enabled, a.call, a.deadline, a.bytes, a.bits_per_second,
           a.allocations
      FROM turnpike.account a WHERE a.realm = $1 AND a.username = $2
$$;

-- The other half of it: tell the servers that something about a user, a call or the secrets of a
-- realm has changed. An empty name: anything. They look again and act within a second.
CREATE FUNCTION turnpike.changed(kind text, realm text, name text) RETURNS void LANGUAGE sql AS
$$ SELECT pg_notify('turnpike', $1 || E'\n' || $2 || E'\n' || $3) $$;

CREATE FUNCTION turnpike.account_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM turnpike.changed('account', OLD.realm, OLD.username);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM turnpike.changed('account', NEW.realm, NEW.username);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER account_changed AFTER INSERT OR UPDATE OR DELETE ON turnpike.account
    FOR EACH ROW EXECUTE FUNCTION turnpike.account_changed();

CREATE FUNCTION turnpike.call_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM turnpike.changed('call', OLD.realm, OLD.id);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM turnpike.changed('call', NEW.realm, NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER call_changed AFTER INSERT OR UPDATE OR DELETE ON turnpike.call
    FOR EACH ROW EXECUTE FUNCTION turnpike.call_changed();

CREATE FUNCTION turnpike.secret_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM turnpike.changed('secret', coalesce(NEW.realm, OLD.realm), '');
    RETURN NULL;
END $$;
CREATE TRIGGER secret_changed AFTER INSERT OR UPDATE OR DELETE ON turnpike.secret
    FOR EACH ROW EXECUTE FUNCTION turnpike.secret_changed();

CREATE FUNCTION turnpike.realm_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM turnpike.changed('realm', coalesce(NEW.realm, OLD.realm), '');
    RETURN NULL;
END $$;
CREATE TRIGGER realm_changed AFTER INSERT OR UPDATE OR DELETE ON turnpike.realm
    FOR EACH ROW EXECUTE FUNCTION turnpike.realm_changed();

-- Servers tell each other of their leases: of the user's, and of the call's. Each leaves out what it
-- told itself.
CREATE FUNCTION turnpike.lease_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lease turnpike.lease;
BEGIN
    IF TG_OP = 'DELETE' THEN lease := OLD; ELSE lease := NEW; END IF;
    PERFORM turnpike.changed('lease ' || lease.node, lease.realm, lease.username);
    IF lease.call <> '' THEN
        PERFORM turnpike.changed('attendance ' || lease.node, lease.realm, lease.call);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER lease_changed AFTER INSERT OR DELETE ON turnpike.lease
    FOR EACH ROW EXECUTE FUNCTION turnpike.lease_changed();
CREATE TRIGGER lease_recounted AFTER UPDATE ON turnpike.lease
    FOR EACH ROW WHEN (OLD.allocations <> NEW.allocations) EXECUTE FUNCTION turnpike.lease_changed();

CREATE FUNCTION turnpike.call_began() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO turnpike.event (at, kind, realm, call, seconds_left, ends_at)
    VALUES (NEW.media_at, 'began', NEW.realm, NEW.id, NEW.seconds,
            NEW.media_at + make_interval(secs => NEW.seconds))
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER call_began AFTER UPDATE OF media_at ON turnpike.call
    FOR EACH ROW WHEN (OLD.media_at IS NULL AND NEW.media_at IS NOT NULL AND NEW.seconds IS NOT NULL)
    EXECUTE FUNCTION turnpike.call_began();

-- For whoever waits for them: LISTEN turnpike_event.
CREATE FUNCTION turnpike.event_happened() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('turnpike_event',
                      json_build_object('kind', NEW.kind, 'realm', NEW.realm, 'call', NEW.call,
                                        'seconds_left', NEW.seconds_left, 'ends_at', NEW.ends_at)::text);
    RETURN NULL;
END $$;
CREATE TRIGGER event_happened AFTER INSERT ON turnpike.event
    FOR EACH ROW EXECUTE FUNCTION turnpike.event_happened();

-- What an invoice is written from: a row for each participant of a call. Seconds in which several of a
-- participant's allocations lived count once. Of media each allocation counts its own seconds; together
-- they are at most those between the first and the last of each, where what overlaps counts once. An
-- allocation that still lives counts up to its last report.
CREATE VIEW turnpike.call_usage AS
WITH spans AS (
    SELECT u.*, coalesce(ended_at, updated_at) AS until,
           last_media_at + interval '1 second' AS media_until,
           max(coalesce(ended_at, updated_at)) OVER earlier AS covered,
           max(last_media_at + interval '1 second') OVER earlier_media AS media_covered
      FROM turnpike.usage u
     WHERE call IS NOT NULL
    WINDOW earlier AS (PARTITION BY realm, call, username ORDER BY started_at, id
                       ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
           earlier_media AS (PARTITION BY realm, call, username ORDER BY first_media_at NULLS LAST, id
                             ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
)
SELECT realm, call, username,
       min(started_at) AS started_at,
       max(until) AS ended_at,
       round(sum(greatest(extract(epoch FROM until - greatest(started_at, covered)), 0)))::bigint
           AS connected_seconds,
       least(sum(media_seconds),
             round(coalesce(sum(greatest(extract(epoch FROM media_until
                                                 - greatest(first_media_at, media_covered)), 0)), 0)))::bigint
           AS media_seconds,
       sum(sent_bytes)::bigint AS sent_bytes,
       sum(received_bytes)::bigint AS received_bytes,
       count(*) AS allocations,
       count(*) FILTER (WHERE ended_at IS NULL) AS open,
       (array_agg(reason ORDER BY ended_at DESC NULLS LAST))[1] AS reason
  FROM spans
 GROUP BY realm, call, username;

-- The rights of a server, and no more. Give a login role this one: GRANT turnpike_server TO relay1.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'turnpike_server') THEN
        CREATE ROLE turnpike_server NOLOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA turnpike TO turnpike_server;
GRANT SELECT ON turnpike.schema_version, turnpike.realm, turnpike.call, turnpike.account, turnpike.secret
    TO turnpike_server;
GRANT UPDATE (media_at) ON turnpike.call TO turnpike_server;
GRANT SELECT, INSERT, UPDATE ON turnpike.usage, turnpike.node TO turnpike_server;
GRANT SELECT, INSERT ON turnpike.event TO turnpike_server;
GRANT SELECT, INSERT, UPDATE, DELETE ON turnpike.lease TO turnpike_server;
