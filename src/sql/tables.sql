-- What is asked, in tables of its own, so that no recipe has to be edited.

-- One row: the answers of every recipe follow it.
create table question (
    time_zone text not null,       -- the shop's, as IANA names it: 'Asia/Shanghai'
    as_of date not null,           -- the shop's days up to and including this one count
    within_days integer not null   -- a second purchase counts up to this number of days after the first
);

-- The days from start_day up to and without end_day: months, quarters, a campaign.
create table windows (
    start_day date not null,
    end_day date not null check (start_day < end_day),
    primary key (start_day, end_day)
);
