import { settingsTable } from '../database';

/** Of the tables below; another number means that this program cannot read the file. */
export const formatVersion = 2;

/**
 * The index of top activations, a SQLite database. `settings` holds what the numbers depend on, which shard of the images this
 * is, and whether the last scan came to its end. `images` are all images that
 * were looked at: with a `problem` where one could not be read; a path that ends in a slash is a folder that could not be. `activations` are the strongest ones of every map,
 * `place` 0 first, more than are asked for, to fill up when images go; `y` and `x` count positions of the feature map. `histogram` of a layer is `maps x 64` uint32,
 * little-endian: images by the strongest activation of the map, in half octaves from 2^-16 on, bin 0 for none. `bins`
 * of an image are its bins in all layers, a byte a map, deflated. `cut` has a byte for each map, 1 where weaker
 * activations than the last place were passed over.
 */
export const schema = `
  ${settingsTable}
  CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    modified REAL NOT NULL,
    hash TEXT,
    problem TEXT,
    bins BLOB
  );
  CREATE INDEX problems ON images (path) WHERE problem IS NOT NULL;
  CREATE TABLE layers (
    id INTEGER PRIMARY KEY,
    label TEXT NOT NULL,
    tensor TEXT NOT NULL,
    maps INTEGER NOT NULL,
    height INTEGER NOT NULL,
    width INTEGER NOT NULL,
    histogram BLOB NOT NULL,
    cut BLOB NOT NULL
  );
  CREATE TABLE activations (
    layer INTEGER NOT NULL REFERENCES layers,
    map INTEGER NOT NULL,
    place INTEGER NOT NULL,
    value REAL NOT NULL,
    image INTEGER NOT NULL REFERENCES images,
    y INTEGER NOT NULL,
    x INTEGER NOT NULL,
    PRIMARY KEY (layer, map, place)
  ) WITHOUT ROWID;
`;
