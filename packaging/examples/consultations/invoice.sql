-- SPDX-License-Identifier: BSD-3-Clause
-- What each consultation costs: the seconds in which there was media for anybody, but never more than
-- were paid for.
SELECT c.id AS consultation,
       max(u.media_seconds) AS seconds_used,
       k.seconds AS seconds_paid,
       round(least(max(u.media_seconds), k.seconds) * c.price_per_minute / 60, 2) AS amount
  FROM consultations c
  JOIN turnpike.call k ON k.realm = 'example.org' AND k.id = c.id
  JOIN turnpike.call_usage u ON u.realm = k.realm AND u.call = k.id
 GROUP BY c.id, k.seconds, c.price_per_minute
 ORDER BY c.id;
