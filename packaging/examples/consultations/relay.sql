-- SPDX-License-Identifier: BSD-3-Clause
-- Ties the site's tables to the relay, after `turnpike migrate`. Nothing is copied but keys: whoever is
-- in `users` may relay, for the consultation that they were invited to last, as long as it is paid for.

-- 1. Keys for video, made when the site hands a password to a browser (the realm is the one in
--    turnpike.toml). The password itself is not kept.
ALTER TABLE users ADD COLUMN video_md5 bytea, ADD COLUMN video_sha256 bytea;

CREATE FUNCTION set_video_password(login text, password text) RETURNS void LANGUAGE sql AS $$
    UPDATE users SET video_md5 = decode(md5($1 || ':example.org:' || $2), 'hex'),
                     video_sha256 = sha256(convert_to($1 || ':example.org:' || $2, 'UTF8'))
     WHERE users.login = $1
$$;

-- 2. Who may relay. The relay asks as its own role, which sees none of the site's tables: the function
--    looks for it.
CREATE OR REPLACE FUNCTION turnpike.credential(realm text, username text)
RETURNS TABLE (
    key_md5 bytea, key_sha256 bytea, password text, enabled boolean, call text, deadline timestamptz,
    bytes bigint, bits_per_second bigint, allocations integer
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.video_md5, u.video_sha256, NULL, u.active,
           (SELECT p.consultation FROM participants p WHERE p.user_id = u.id
             ORDER BY p.invited_at DESC LIMIT 1),
           NULL::timestamptz, NULL::bigint, NULL::bigint, NULL::integer
      FROM users u WHERE u.login = $2 AND $1 = 'example.org'
$$;

-- 3. A payment is time: the first makes the call, the next ones extend it, also while it runs.
CREATE FUNCTION pay_for_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO turnpike.call AS c (realm, id, seconds)
    VALUES ('example.org', NEW.consultation, NEW.seconds)
    ON CONFLICT (realm, id) DO UPDATE SET seconds = c.seconds + excluded.seconds;
    RETURN NULL;
END $$;
CREATE TRIGGER pay_for_call AFTER INSERT ON payments FOR EACH ROW EXECUTE FUNCTION pay_for_call();

-- 4. Whoever is changed is looked at again at once, and is out if no longer active.
CREATE FUNCTION user_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM turnpike.changed('account', 'example.org', coalesce(NEW.login, OLD.login));
    RETURN NULL;
END $$;
CREATE TRIGGER user_changed AFTER UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION user_changed();

-- 5. The same for whoever is invited, or no longer: from then on the latest invitation counts.
CREATE FUNCTION invitation_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM turnpike.changed('account', 'example.org', login) FROM users
     WHERE id IN (NEW.user_id, OLD.user_id);
    RETURN NULL;
END $$;
CREATE TRIGGER invitation_changed AFTER INSERT OR UPDATE OR DELETE ON participants
    FOR EACH ROW EXECUTE FUNCTION invitation_changed();
