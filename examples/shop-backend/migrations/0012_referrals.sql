-- Who brought whom.
CREATE TABLE referrals (
    -- Both are persons, by the name under which each is known.
    referred TEXT NOT NULL,
    referrer TEXT NOT NULL,
    -- When the referred came.
    at BIGINT NOT NULL,
    -- One referrer of each id; ids that turn out to be one person keep what was said of both.
    PRIMARY KEY (referred, referrer)
);
CREATE INDEX referrals_of_referrer ON referrals (referrer);
