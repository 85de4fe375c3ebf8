-- What the daemon saw in each cycle of about a day: for windows in conditions, and to explain afterwards.
-- The columns of all SmartTrades of a cycle stand packed in one blob, in the order and lengths that `packed` tells.
CREATE TABLE rosters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    subjects TEXT NOT NULL -- JSON: the ids of the SmartTrades, in the order of the columns
);
CREATE TABLE samples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_wall TEXT NOT NULL,
    at_boot_us INTEGER NOT NULL,
    at_boot_id TEXT NOT NULL,
    roster_id INTEGER NOT NULL REFERENCES rosters (id),
    markets TEXT NOT NULL, -- JSON: facts of markets by name
    packed TEXT NOT NULL, -- JSON: name and length of each column
    data BLOB NOT NULL
);
CREATE INDEX samples_by_time ON samples (at_wall);
CREATE INDEX samples_by_roster ON samples (roster_id);

-- What of a SmartTrade does not move with the market, from that sample on until the next portrait.
CREATE TABLE portraits (
    smart_trade_id INTEGER NOT NULL,
    sample_id INTEGER NOT NULL,
    data BLOB NOT NULL, -- JSON, compressed
    PRIMARY KEY (smart_trade_id, sample_id)
) WITHOUT ROWID;
CREATE INDEX portraits_by_sample ON portraits (sample_id);
