-- The kill switch. A new journal is armed.
CREATE TABLE switch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    armed INTEGER NOT NULL CHECK (armed IN (0, 1)),
    armed_at TEXT -- when the owner last ran `arm`
);
INSERT INTO switch (id, armed) VALUES (1, 1);

-- What the daemon runs: an intent is only accepted for this mode and this generation of the rules file.
CREATE TABLE running (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    mode TEXT NOT NULL,
    generation TEXT NOT NULL,
    since TEXT NOT NULL
);

-- Why acting for the account was stopped; no reason means that it was not.
CREATE TABLE access (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    reason TEXT,
    since TEXT NOT NULL
);

-- Every 429 and 418 that stopped the requests; the last one counts.
CREATE TABLE penalties (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    began_wall TEXT NOT NULL,
    began_boot_us INTEGER NOT NULL,
    began_boot_id TEXT NOT NULL,
    pause_us INTEGER NOT NULL,
    bans INTEGER NOT NULL,
    reason TEXT NOT NULL
);

-- SmartTrades that are left alone until a moment, or until the owner runs `arm`.
CREATE TABLE set_aside (
    smart_trade_id INTEGER PRIMARY KEY,
    until TEXT NOT NULL,
    reason TEXT NOT NULL
);

-- One row for each cancel, on disk before its DELETE. The outcome is null while the question is open.
CREATE TABLE intents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mode TEXT NOT NULL CHECK (mode = 'live'),
    cycle_id TEXT NOT NULL,
    rule TEXT NOT NULL,
    account_id INTEGER NOT NULL,
    smart_trade_id INTEGER NOT NULL CHECK (typeof(smart_trade_id) = 'integer' AND smart_trade_id > 0),
    trade_id INTEGER NOT NULL CHECK (typeof(trade_id) = 'integer' AND trade_id > 0),
    pair TEXT NOT NULL,
    position INTEGER,
    price TEXT,
    share_pct TEXT,
    order_type TEXT,
    share_without_target_pct TEXT,
    invariants TEXT NOT NULL, -- JSON
    steps TEXT NOT NULL, -- JSON
    stop_loss_was_live INTEGER NOT NULL,
    trace TEXT NOT NULL,
    generation TEXT NOT NULL,
    at_wall TEXT NOT NULL,
    at_boot_us INTEGER NOT NULL,
    at_boot_id TEXT NOT NULL,
    answer TEXT,
    answer_reason TEXT,
    refusal TEXT,
    answered_wall TEXT,
    answered_boot_us INTEGER,
    answered_boot_id TEXT,
    window_us INTEGER,
    outcome TEXT,
    outcome_reason TEXT,
    outcome_detail TEXT,
    settled_at TEXT
);

-- A SmartTrade has at most one open intent.
CREATE UNIQUE INDEX one_open_intent_per_smart_trade ON intents (smart_trade_id) WHERE outcome IS NULL;

-- A step has at most one intent that is open or had its effect.
CREATE UNIQUE INDEX one_cancel_per_step ON intents (smart_trade_id, trade_id)
WHERE outcome IS NULL OR outcome NOT IN ('not_applied', 'not_sent', 'rejected');

-- They cover what is asked in every cycle: the rows themselves are wide, and never deleted.
CREATE INDEX intents_by_rule ON intents (rule, smart_trade_id, outcome);
CREATE INDEX intents_by_outcome ON intents (outcome, at_wall, trade_id);
CREATE INDEX intents_by_time ON intents (at_wall);

-- What the owner reads: one row for each outcome and each turn of the kill switch, in one sequence.
-- An intent has a row `unknown` from the start, and one more when it is settled.
CREATE TABLE log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    last_at TEXT NOT NULL, -- of the latest repeat
    count INTEGER NOT NULL DEFAULT 1, -- how often it was seen, unchanged
    latest INTEGER NOT NULL DEFAULT 0, -- 1 in the newest row of each rule and SmartTrade
    event TEXT CHECK (event IN ('armed', 'disarmed', 'breach')),
    reason TEXT,
    mode TEXT,
    cycle_id TEXT,
    rule TEXT,
    account_id INTEGER,
    smart_trade_id INTEGER,
    trade_id INTEGER,
    pair TEXT,
    outcome TEXT,
    position INTEGER,
    price TEXT,
    share_pct TEXT,
    order_type TEXT,
    share_without_target_pct TEXT,
    invariants TEXT, -- JSON
    detail TEXT,
    window_us INTEGER,
    intent_id INTEGER REFERENCES intents (id),
    CHECK ((event IS NULL) = (outcome IS NOT NULL))
);
CREATE UNIQUE INDEX log_latest ON log (rule, smart_trade_id) WHERE latest = 1;
CREATE INDEX log_by_time ON log (last_at);
CREATE INDEX log_by_smart_trade ON log (smart_trade_id);
CREATE INDEX log_by_intent ON log (intent_id) WHERE intent_id IS NOT NULL;
CREATE INDEX log_would_cancel ON log (rule, smart_trade_id, mode) WHERE outcome = 'would_cancel';
CREATE INDEX log_would_cancel_by_time ON log (at) WHERE outcome = 'would_cancel';

-- How long conditions were observed to be true.
CREATE TABLE holds (
    rule TEXT NOT NULL,
    smart_trade_id INTEGER NOT NULL,
    held_us INTEGER NOT NULL,
    last_wall TEXT NOT NULL,
    last_boot_us INTEGER NOT NULL,
    last_boot_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (rule, smart_trade_id)
) WITHOUT ROWID;

-- Since when the price of a SmartTrade has stood still.
CREATE TABLE prices (
    smart_trade_id INTEGER PRIMARY KEY,
    bid TEXT,
    ask TEXT,
    last TEXT,
    day_change_pct TEXT,
    quote_volume TEXT,
    since_wall TEXT NOT NULL,
    since_boot_us INTEGER NOT NULL,
    since_boot_id TEXT NOT NULL
);

-- The last accepted listing and the odd ones since.
CREATE TABLE listing (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    accepted_count INTEGER NOT NULL,
    odd_counts TEXT NOT NULL -- JSON
);

-- For `repeat: on-reset`: the condition was definitely false after the attempt of that id (an intent, or in the
-- dry run a row of the log).
CREATE TABLE resets (
    mode TEXT NOT NULL,
    rule TEXT NOT NULL,
    smart_trade_id INTEGER NOT NULL,
    after_attempt INTEGER NOT NULL,
    PRIMARY KEY (mode, rule, smart_trade_id)
) WITHOUT ROWID;
