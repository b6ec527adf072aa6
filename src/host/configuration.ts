import * as vscode from 'vscode';
import { settingSection } from './names';
import type { Settings } from './settings';
import { readSettings } from './settings';

/** The settings as they hold for a folder now. What is wrong with them is logged once. */
export type ReadConfiguration = (scope?: vscode.ConfigurationScope) => Settings;

export function configurationReader(log: vscode.LogOutputChannel): ReadConfiguration {
  const logged = new Set<string>();
  return (scope) => {
    const configuration = vscode.workspace.getConfiguration(settingSection, scope);
    const { settings, problems } = readSettings((name) => configuration.get(name));
    for (const problem of problems) {
      if (!logged.has(problem)) log.warn(problem);
      logged.add(problem);
    }
    return settings;
  };
}
