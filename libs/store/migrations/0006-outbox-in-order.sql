-- The outbox is emptied in the order in which things happened: sessions side by side, and what is new soon after what is old.
DROP INDEX unpublished_events;
CREATE INDEX unpublished_events ON events (id) WHERE published IS NULL;
