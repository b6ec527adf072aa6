import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Database } from 'node-sqlite3-wasm';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction, openDatabase, type OpenDatabase } from '../../src/engine/database';

const folder = mkdtempSync(path.join(tmpdir(), 'switchback-database-'));
const file = path.join(folder, 'x.sqlite');

async function using(body: (database: Database) => void, options: OpenDatabase = {}): Promise<void> {
  const database = await openDatabase(file, options);
  try {
    body(database);
  } finally {
    database.close();
  }
}

const insert = (database: Database) => database.run('INSERT INTO t VALUES (?, ?)', [1, 'a']);
const count = (database: Database) => database.get('SELECT COUNT(*) AS rows FROM t')!.rows;

beforeEach(async () => {
  rmSync(file, { force: true });
  await using((database) => database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('what fails in a transaction undoes it, and', () => {
  it('passes as itself where it is not about writing', () =>
    using((database) => {
      const bug = new TypeError('nothing is undefined');
      const fails = () => {
        insert(database);
        throw bug;
      };
      expect(() => inTransaction(file, database, fails)).toThrow(bug);
      expect(count(database)).toBe(0);
      const twice = () => [1, 2].forEach(() => insert(database));
      expect(() => inTransaction(file, database, twice)).toThrow(/^UNIQUE constraint failed/);
      expect(count(database)).toBe(0);
      const thrown = Object.assign(new Error('the disk is full of errors'), { code: 'EOTHER' });
      const speaks = () => {
        throw thrown;
      };
      expect(() => inTransaction(file, database, speaks)).toThrow(thrown);
    }));

  const sentence = (reason: string) =>
    expect.objectContaining({ code: 'not-writable', message: `${file} cannot be written: ${reason}.` }) as Error; // prettier-ignore

  it('says so of a full disk', () =>
    using((database) => {
      database.exec('PRAGMA max_page_count = 3');
      const much = () => database.run('INSERT INTO t VALUES (1, ?)', ['x'.repeat(100_000)]);
      expect(() => inTransaction(file, database, much)).toThrow(
        sentence('its disk may be full (database or disk is full)'),
      );
      expect(count(database)).toBe(0);
    }));

  it('says so of a file that is only read, locked or damaged', async () => {
    const write = (database: Database) => () => inTransaction(file, database, () => insert(database));
    const readOnly = (database: Database) =>
      expect(write(database)).toThrow(sentence('attempt to write a readonly database'));
    await using(readOnly, { readOnly: true });
    await using((database) => {
      mkdirSync(`${file}.lock`);
      expect(write(database)).toThrow(sentence('database is locked'));
      rmdirSync(`${file}.lock`);
    });
    writeFileSync(file, 'no database '.repeat(1000));
    await using((database) => expect(write(database)).toThrow(sentence('file is not a database')));
  });
});
