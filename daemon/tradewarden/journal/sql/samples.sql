-- name: latest_roster
-- Most cycles see the same SmartTrades as the one before.
SELECT id, subjects FROM rosters ORDER BY id DESC LIMIT 1;

-- name: add_roster
-- They have changed.
INSERT INTO rosters (subjects) VALUES (:subjects);

-- name: add_sample
-- One cycle.
INSERT INTO samples (at_wall, at_boot_us, at_boot_id, roster_id, markets, prices, packed, data)
VALUES (:at_wall, :at_boot_us, :at_boot_id, :roster_id, :markets, :prices, :packed, :data);

-- name: add_portrait
-- New, or changed since the last.
INSERT OR REPLACE INTO portraits (smart_trade_id, sample_id, data) VALUES (:smart_trade_id, :sample_id, :data);

-- name: latest_portraits
-- Of each SmartTrade.
SELECT smart_trade_id, data FROM portraits AS portrait
WHERE sample_id = (SELECT max(sample_id) FROM portraits WHERE smart_trade_id = portrait.smart_trade_id);

-- name: samples_since
-- Oldest first.
SELECT samples.id AS id, at_wall, at_boot_us, at_boot_id, markets, prices, packed, data, subjects
FROM samples JOIN rosters ON rosters.id = samples.roster_id
WHERE at_wall >= :since AND at_wall <= :until
ORDER BY samples.id;

-- name: sample_at
-- The last one at or before a moment.
SELECT id, at_wall FROM samples WHERE at_wall <= :until ORDER BY at_wall DESC, id DESC LIMIT 1;

-- name: span
-- From when to when anything is recorded.
SELECT min(at_wall) AS first, max(at_wall) AS last FROM samples;

-- name: portraits_until
-- Of each SmartTrade, or of one, all up to a sample, oldest first.
SELECT smart_trade_id, sample_id, data FROM portraits
WHERE sample_id <= :sample_id AND (:smart_trade_id IS NULL OR smart_trade_id = :smart_trade_id)
ORDER BY sample_id;

-- name: forget_old
-- Older than anything asks for, from a clock that went wrong, or simply too many.
DELETE FROM samples
WHERE at_wall < :since OR at_wall > :until
OR id <= (SELECT id FROM samples ORDER BY id DESC LIMIT 1 OFFSET :most);

-- name: thin_out
-- Of what no window reaches any more, the first of each minute is enough.
DELETE FROM samples
WHERE at_wall < :reach AND id NOT IN (
    SELECT min(id) FROM samples WHERE at_wall < :reach GROUP BY substr(at_wall, 1, 16)
);

-- name: forget_rosters
-- Of samples that are gone.
DELETE FROM rosters
WHERE id < (SELECT max(id) FROM rosters) AND id NOT IN (SELECT roster_id FROM samples);

-- name: forget_portraits
-- Of each SmartTrade, all before the one that the oldest sample needs.
DELETE FROM portraits
WHERE sample_id < (
    SELECT max(earlier.sample_id) FROM portraits AS earlier
    WHERE earlier.smart_trade_id = portraits.smart_trade_id
    AND earlier.sample_id <= (SELECT coalesce(min(id), 0) FROM samples)
) OR (
    sample_id < (SELECT coalesce(min(id), 0) FROM samples)
    AND smart_trade_id NOT IN (SELECT value FROM rosters, json_each(rosters.subjects))
);

-- name: portrait_sizes
-- What they take, newest sample first.
SELECT sample_id, sum(length(data)) AS size FROM portraits GROUP BY sample_id ORDER BY sample_id DESC;

-- name: forget_portraits_before
-- They take too much: how far back can be explained shrinks. The last of each SmartTrade that is still seen stays: it
-- is not written again until it changes.
DELETE FROM portraits
WHERE sample_id < :sample_id AND (
    smart_trade_id NOT IN (SELECT value FROM json_each((SELECT subjects FROM rosters ORDER BY id DESC LIMIT 1)))
    OR sample_id < (
        SELECT max(later.sample_id) FROM portraits AS later WHERE later.smart_trade_id = portraits.smart_trade_id
    )
);
