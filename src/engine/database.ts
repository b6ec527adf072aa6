import { existsSync } from 'node:fs';
import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import type { Database } from 'node-sqlite3-wasm';
import { notWritable, type UserError } from '../core/errors';
import { notLockable } from '../core/experiments/topActivations/errors';

export interface OpenDatabase {
  readonly fileMustExist?: boolean;
  readonly readOnly?: boolean;
}

/** Opens a SQLite file. Throws a `UserError` where that cannot be. */
export async function openDatabase(file: string, options: OpenDatabase): Promise<Database> {
  if (options.readOnly && existsSync(file)) await requireLockable(file);
  // Loaded when it is needed: compiling it takes longer than the rest of a start.
  const { default: sqlite } = await import('node-sqlite3-wasm');
  try {
    return new sqlite.Database(file, options);
  } catch (error) {
    throw notWritable(file, reasonOf(error));
  }
}

/** SQLite locks a file by making a folder beside it, also where it is only read. */
async function requireLockable(file: string): Promise<void> {
  try {
    await rmdir(await mkdtemp(`${file}.`));
  } catch {
    throw notLockable(file);
  }
}

/** Removes a SQLite file that nobody uses, with what SQLite leaves beside it when it is killed: a journal and an empty folder. */
export async function removeDatabase(file: string): Promise<void> {
  for (const name of [file, `${file}-journal`]) await rm(name, { force: true });
  await rmdir(`${file}.lock`).catch(() => undefined);
}

/** The table in which a file says what its numbers depend on. */
export const settingsTable =
  'CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;';

export function writeSettings(
  database: Database,
  settings: Iterable<readonly [name: string, value: string]>,
): void {
  for (const row of settings) database.run('INSERT INTO settings VALUES (?, ?)', [...row]);
}

/**
 * Whether a file holds nothing yet: it was just made, or its process was killed while it made it. Throws what `refuse` makes of the
 * reason where it is no such file.
 */
export function isEmpty(database: Database, refuse: (reason: string) => UserError): boolean {
  try {
    return database.get('SELECT name FROM sqlite_schema LIMIT 1') === null;
  } catch (error) {
    throw refuse(reasonOf(error));
  }
}

/** What a file says that its numbers depend on. Throws what `refuse` makes of the reason where it is no such file. */
export function readSettings(database: Database, refuse: (reason: string) => UserError): Map<string, string> {
  try {
    const rows = database.all('SELECT name, value FROM settings') as { name: string; value: string }[];
    return new Map(rows.map(({ name, value }) => [name, value]));
  } catch (error) {
    throw refuse(reasonOf(error));
  }
}

/** What SQLite says where a file cannot be written; it hands no codes on. */
const unwritable =
  /disk is full|disk I\/O error|readonly database|is locked|unable to open|access permission|malformed|not a database/;

/** Does all of `body` or nothing. Throws a `UserError` where the file cannot be written, as on a full disk, else what `body` throws. */
export function inTransaction(file: string, database: Database, body: () => void): void {
  try {
    database.exec('BEGIN IMMEDIATE');
    body();
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    const reason = reasonOf(error);
    const isOfSqlite = error instanceof Error && error.name === 'SQLite3Error';
    if (!isOfSqlite || !unwritable.test(reason)) throw error;
    // What SQLite says of a full disk depends on where it filled up.
    throw notWritable(file, /disk (is full|I)/.test(reason) ? `its disk may be full (${reason})` : reason);
  }
}

/** What SQLite says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
