-- Which segment responded to a campaign is asked by the segments of before it: purchases in it change them.

-- The key of the customer's segment when the campaign was made; NULL in campaigns of before there was this column.
ALTER TABLE campaign_members ADD COLUMN segment TEXT;
