-- Campaigns: whom they address, whom they hold back, who is written to when; and points.

CREATE TABLE campaigns (
    name TEXT PRIMARY KEY,
    created_at BIGINT NOT NULL,
    -- A `Campaign` as JSON: all that was asked for and counted when it was made.
    campaign TEXT NOT NULL
);

-- Everybody of the audience, by the id of then: who the person is now, `customers` says.
CREATE TABLE campaign_members (
    campaign TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    is_control BIGINT NOT NULL CHECK (is_control IN (0, 1)),
    -- When the message goes out; NULL of the control group, and of whoever may not be written to.
    send_at BIGINT,
    -- Why not, a `Suppression` as JSON.
    suppressed TEXT,
    PRIMARY KEY (campaign, customer_id)
);
CREATE INDEX campaign_members_of_customer ON campaign_members (customer_id);

-- Messages that went out or are due, of campaigns and others: caps count them.
CREATE TABLE touches (
    customer_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- Empty for a message of no campaign.
    campaign TEXT NOT NULL,
    PRIMARY KEY (customer_id, channel, at, campaign)
);
CREATE INDEX touches_by_time ON touches (at);
CREATE INDEX touches_of_campaign ON touches (campaign);

-- The library's `ContactRules` as JSON. Whoever makes a campaign holds the row.
CREATE TABLE contact_rules (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    rules TEXT NOT NULL
);
INSERT INTO contact_rules (one, rules) VALUES (1, '{"caps":[],"quiet":null,"channels":{}}');

-- A `Program` as JSON; no row while there are no points.
CREATE TABLE points_program (
    one BIGINT PRIMARY KEY CHECK (one = 1),
    program TEXT NOT NULL
);

-- Points that were given and spent; what orders earn, their statements say.
CREATE TABLE points (
    entry_id TEXT PRIMARY KEY,
    -- By the id of then.
    customer_id TEXT NOT NULL,
    day TEXT NOT NULL,
    -- Above 0 given, below 0 spent.
    points BIGINT NOT NULL CHECK (points <> 0)
);
CREATE INDEX points_of_customer ON points (customer_id);
