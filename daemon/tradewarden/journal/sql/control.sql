-- name: switch
-- The kill switch.
SELECT armed, armed_at FROM switch WHERE id = 1;

-- name: arming
-- The turn that armed last, found by the index of time; none, if the owner never did.
SELECT event, reason, at FROM log WHERE last_at = :at AND event = 'armed' ORDER BY id DESC LIMIT 1;

-- name: turns_since_arming
-- What disarmed, the first turn first: by id, since the clock may have been set back in between.
SELECT event, reason, at FROM log
WHERE event IS NOT NULL AND id > (SELECT coalesce(max(id), 0) FROM log WHERE event = 'armed')
ORDER BY id;

-- name: arm
-- The owner's word lifts everything that waits for it.
UPDATE switch SET armed = 1, armed_at = :at WHERE id = 1;

-- name: disarm
-- When the owner last armed stays known: back-offs count from there.
UPDATE switch SET armed = 0 WHERE id = 1;

-- name: begin_running
-- From now on only intents of this mode and generation are accepted.
INSERT INTO running (id, mode, generation, since) VALUES (1, :mode, :generation, :since)
ON CONFLICT (id) DO UPDATE SET mode = excluded.mode, generation = excluded.generation, since = excluded.since;

-- name: running
-- What the daemon said that it runs.
SELECT mode, generation FROM running WHERE id = 1;

-- name: access_stopped
-- Why acting for the account was stopped.
SELECT reason, since FROM access WHERE id = 1;

-- name: stop_access
-- A null reason lifts it. While it is stopped, another reason does not change since when.
INSERT INTO access (id, reason, since) VALUES (1, :reason, :since)
ON CONFLICT (id) DO UPDATE SET
    reason = excluded.reason,
    since = iif(access.reason IS NULL OR excluded.reason IS NULL, excluded.since, access.since);

-- name: record_penalty
-- A restart must not forget it.
INSERT INTO penalties (began_wall, began_boot_us, began_boot_id, pause_us, bans, reason)
VALUES (:began_wall, :began_boot_us, :began_boot_id, :pause_us, :bans, :reason);

-- name: last_penalty
-- Whether it is over is not judged here.
SELECT began_wall, began_boot_us, began_boot_id, pause_us, bans, reason FROM penalties ORDER BY id DESC LIMIT 1;

-- name: set_aside
-- A second reason does not shorten the first.
INSERT INTO set_aside (smart_trade_id, until, reason) VALUES (:smart_trade_id, :until, :reason)
ON CONFLICT (smart_trade_id) DO UPDATE SET until = max(until, excluded.until), reason = excluded.reason;

-- name: set_aside_after
-- What is still left alone.
SELECT smart_trade_id, until, reason FROM set_aside WHERE until > :now;

-- name: clear_set_aside
-- The owner ran `arm`.
DELETE FROM set_aside;
