-- A time zone in place of an offset; the form of the stored histories; browsers that are signed in.

ALTER TABLE shop ADD COLUMN time_zone TEXT NOT NULL DEFAULT '+00:00';
UPDATE shop SET time_zone = CASE WHEN utc_offset_seconds < 0 THEN '-' ELSE '+' END
    || CASE WHEN abs(utc_offset_seconds) / 3600 < 10 THEN '0' ELSE '' END || (abs(utc_offset_seconds) / 3600)
    || ':'
    || CASE WHEN abs(utc_offset_seconds) % 3600 / 60 < 10 THEN '0' ELSE '' END || (abs(utc_offset_seconds) % 3600 / 60);
ALTER TABLE shop DROP COLUMN utc_offset_seconds;
-- The program makes histories of an earlier form again, from all statements, when it starts.
ALTER TABLE shop ADD COLUMN history_form BIGINT NOT NULL DEFAULT 0;

CREATE TABLE sessions (
    -- A hash of the cookie and of the shop's tokens: who reads the table cannot sign in, and with new tokens all have to.
    session TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
