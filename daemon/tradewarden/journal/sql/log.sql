-- name: append_outcome
-- It is the newest of its rule and SmartTrade; see no_longer_latest.
INSERT INTO log (
    at, last_at, latest, reason, mode, cycle_id, rule, account_id, smart_trade_id, trade_id, pair, outcome, position,
    price, share_pct, order_type, share_without_target_pct, invariants, detail, window_us, intent_id
) VALUES (
    :at, :at, 1, :reason, :mode, :cycle_id, :rule, :account_id, :smart_trade_id, :trade_id, :pair, :outcome, :position,
    :price, :share_pct, :order_type, :share_without_target_pct, :invariants, :detail, :window_us, :intent_id
);

-- name: no_longer_latest
-- Makes room for a newer row of that rule and SmartTrade.
UPDATE log SET latest = 0 WHERE rule = :rule AND smart_trade_id = :smart_trade_id AND latest = 1;

-- name: latest
-- What became of that rule and SmartTrade last time.
SELECT id, mode, cycle_id, trade_id, outcome, reason, intent_id FROM log
WHERE rule = :rule AND smart_trade_id = :smart_trade_id AND latest = 1;

-- name: count_repeat
-- Unchanged but for what the invariants saw: counted, with the latest details.
UPDATE log
SET count = count + 1, last_at = :at, cycle_id = :cycle_id, account_id = :account_id, pair = :pair,
    position = :position, price = :price, share_pct = :share_pct, order_type = :order_type,
    share_without_target_pct = :share_without_target_pct, invariants = :invariants, detail = :detail,
    window_us = :window_us
WHERE id = :id;

-- name: note_answer
-- The row of an open intent tells what is known so far.
UPDATE log SET last_at = :at, reason = :reason, detail = :detail, window_us = :window_us
WHERE intent_id = :intent_id AND outcome = 'unknown';

-- name: append_event
-- A turn of the kill switch.
INSERT INTO log (at, last_at, event, reason) VALUES (:at, :at, :event, :reason);

-- name: rows
-- Newest first. The row of an open intent gives way to that of its outcome.
SELECT log.* FROM log
LEFT JOIN intents ON intents.id = log.intent_id
WHERE NOT (log.outcome IS 'unknown' AND intents.outcome IS NOT NULL)
    AND (:since IS NULL OR log.last_at >= :since)
    AND (:smart_trade_id IS NULL OR log.smart_trade_id = :smart_trade_id)
ORDER BY log.id DESC
LIMIT :limit;
