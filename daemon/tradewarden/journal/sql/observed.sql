-- name: version
-- Changes when another connection has written.
PRAGMA data_version;

-- name: holds
-- All of them.
SELECT rule, smart_trade_id, held_us, last_wall, last_boot_us, last_boot_id, fingerprint FROM holds;

-- name: save_hold
-- One that is new or went on.
INSERT INTO holds (rule, smart_trade_id, held_us, last_wall, last_boot_us, last_boot_id, fingerprint)
VALUES (:rule, :smart_trade_id, :held_us, :last_wall, :last_boot_us, :last_boot_id, :fingerprint)
ON CONFLICT (rule, smart_trade_id) DO UPDATE
SET held_us = excluded.held_us, last_wall = excluded.last_wall, last_boot_us = excluded.last_boot_us,
    last_boot_id = excluded.last_boot_id, fingerprint = excluded.fingerprint;

-- name: drop_hold
-- One that ended.
DELETE FROM holds WHERE rule = :rule AND smart_trade_id = :smart_trade_id;

-- name: prices
-- All of them.
SELECT smart_trade_id, bid, ask, last, day_change_pct, quote_volume, since_wall, since_boot_us, since_boot_id
FROM prices;

-- name: save_price
-- One that is new or moved.
INSERT INTO prices (
    smart_trade_id, bid, ask, last, day_change_pct, quote_volume, since_wall, since_boot_us, since_boot_id
) VALUES (
    :smart_trade_id, :bid, :ask, :last, :day_change_pct, :quote_volume, :since_wall, :since_boot_us, :since_boot_id
)
ON CONFLICT (smart_trade_id) DO UPDATE
SET bid = excluded.bid, ask = excluded.ask, last = excluded.last, day_change_pct = excluded.day_change_pct,
    quote_volume = excluded.quote_volume, since_wall = excluded.since_wall, since_boot_us = excluded.since_boot_us,
    since_boot_id = excluded.since_boot_id;

-- name: drop_price
-- One whose SmartTrade is no longer watched.
DELETE FROM prices WHERE smart_trade_id = :smart_trade_id;

-- name: listing
-- None before the first cycle.
SELECT accepted_count, odd_counts FROM listing WHERE id = 1;

-- name: save_listing
-- There is one.
INSERT INTO listing (id, accepted_count, odd_counts) VALUES (1, :accepted_count, :odd_counts)
ON CONFLICT (id) DO UPDATE SET accepted_count = excluded.accepted_count, odd_counts = excluded.odd_counts;

-- name: drop_listing
-- Nothing was accepted.
DELETE FROM listing;

-- name: last_live_attempts
-- What a reset can be noted for, by its latest attempt, among the SmartTrades whose conditions are false.
SELECT rule, smart_trade_id, max(intents.id) AS attempt
FROM json_each(:asked) AS asked CROSS JOIN intents ON intents.smart_trade_id = asked.value
GROUP BY rule, smart_trade_id;

-- name: last_dry_run_attempts
-- The same for the ledger of the dry run.
SELECT rule, smart_trade_id, max(log.id) AS attempt
FROM json_each(:asked) AS asked CROSS JOIN log ON log.smart_trade_id = asked.value
WHERE outcome = 'would_cancel' AND mode = 'dry-run'
GROUP BY rule, smart_trade_id;

-- name: save_reset
-- A condition was definitely false after that attempt; written once for each.
INSERT INTO resets (mode, rule, smart_trade_id, after_attempt)
VALUES (:mode, :rule, :smart_trade_id, :after_attempt)
ON CONFLICT (mode, rule, smart_trade_id) DO UPDATE SET after_attempt = excluded.after_attempt
WHERE resets.after_attempt < excluded.after_attempt;
