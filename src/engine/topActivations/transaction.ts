import type { Database } from 'node-sqlite3-wasm';
import { notWritable } from '../../core/errors';

/** Does all of `body` or nothing. Throws a `UserError` where the file cannot be written, as on a full disk. */
export function inTransaction(file: string, database: Database, body: () => void): void {
  try {
    database.exec('BEGIN IMMEDIATE');
    body();
    database.exec('COMMIT');
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw notWritable(file, reasonOf(error));
  }
}

/** What SQLite says. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
