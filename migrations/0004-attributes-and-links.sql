-- Each register counts by attributes of its own, so these stand together in the place of a few columns for all; and an
-- entry that rests on entries of other registers is found from those.

SET LOCAL ROLE regesta;

ALTER TABLE projections.acts ADD COLUMN attributes json;
UPDATE projections.acts SET attributes = json_strip_nulls(json_build_object(
    'kind', entry_kind, 'type', entry_type, 'founder_class', founder_class, 'territory', territory, 'basis', basis));
ALTER TABLE projections.acts
    ALTER attributes SET NOT NULL,
    DROP COLUMN entry_kind, DROP COLUMN entry_type, DROP COLUMN founder_class, DROP COLUMN territory, DROP COLUMN basis;

ALTER TABLE projections.entry_states ADD COLUMN attributes json, ADD COLUMN found_by text;
UPDATE projections.entry_states SET
    attributes = json_strip_nulls(json_build_object(
        'kind', entry_kind, 'type', entry_type, 'founder_class', founder_class, 'territory', territory)),
    found_by = coalesce((SELECT string_agg(E'\n' || facet || E'\n', '' ORDER BY nth)
        FROM unnest(facets) WITH ORDINALITY f(facet, nth)), '');
ALTER TABLE projections.entry_states
    ALTER attributes SET NOT NULL, ALTER found_by SET NOT NULL,
    ALTER attributes SET STATISTICS 0, ALTER found_by SET STATISTICS 0,
    DROP COLUMN facets,
    DROP COLUMN entry_kind, DROP COLUMN entry_type, DROP COLUMN founder_class, DROP COLUMN territory;
ALTER TABLE projections.entry_states RENAME COLUMN found_by TO facets;

-- Every entry that an entry has ever rested on.
CREATE TABLE projections.links (
    target uuid NOT NULL,
    entry_id uuid NOT NULL
);
CREATE UNIQUE INDEX links_idx ON projections.links (target, entry_id);

RESET ROLE;
