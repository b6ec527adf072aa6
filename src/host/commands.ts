import * as vscode from 'vscode';
import type { CommandId } from './names';
import { commandIds } from './names';
import { reportFailure } from './reportFailure';

/** What each command does; a command without a handler does not compile. */
export type CommandTable = { readonly [Id in CommandId]: (...args: readonly unknown[]) => Promise<void> };

/** Registers all commands. What a handler throws is told to the user, and none leaves an open promise. */
export function registerCommands(table: CommandTable, log: vscode.LogOutputChannel): vscode.Disposable {
  const run = async (id: CommandId, args: readonly unknown[]) => {
    log.debug(`Command ${id}`);
    try {
      await table[id](...args);
    } catch (error) {
      // Not awaited: the command is done, the message may stay for as long as the user likes.
      void reportFailure(error, log);
    }
  };
  return vscode.Disposable.from(
    ...commandIds.map((id) =>
      vscode.commands.registerCommand(id, (...args: readonly unknown[]) => run(id, args)),
    ),
  );
}
