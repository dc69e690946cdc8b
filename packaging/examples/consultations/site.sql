-- SPDX-License-Identifier: BSD-3-Clause
-- A site that sells consultations, as it was before it had a relay: people, appointments, money.

CREATE TABLE users (
    id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login  text NOT NULL UNIQUE,
    active boolean NOT NULL DEFAULT true
);
CREATE TABLE consultations (
    id               text PRIMARY KEY,
    price_per_minute numeric(8, 2) NOT NULL
);
CREATE TABLE participants (
    consultation text NOT NULL REFERENCES consultations,
    user_id      bigint NOT NULL REFERENCES users,
    invited_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consultation, user_id)
);
CREATE TABLE payments (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consultation text NOT NULL REFERENCES consultations,
    seconds      integer NOT NULL CHECK (seconds > 0),
    paid_at      timestamptz NOT NULL DEFAULT now()
);
