import { findingCodes, isFindingCode, type FindingCode } from '../core/diagnose/finding';
import { zooAddress } from '../download/modelZoo';
import type { PanelSettings } from '../protocol/panelContract';
import {
  executionProviders,
  runtimeNames,
  type ExecutionProvider,
  type RuntimeName,
} from '../protocol/runtimes';

/** The settings by their names below `switchback.`. */
export interface Settings {
  /** As the user wrote it; empty where unset. See `resolveModelSetting`. */
  readonly model: string;
  readonly mapsPerLayer: number;
  readonly displayScale: PanelSettings['displayScale'];
  readonly runtime: RuntimeName;
  readonly executionProvider: ExecutionProvider;
  /** Whether a line above each layer's definition says what it is. */
  readonly codeLens: boolean;
  /** Whether a picture of the layer stands beside its definition. */
  readonly gutterThumbnails: boolean;
  /** Whether findings about a model are in the Problems panel. */
  readonly 'diagnostics.enabled': boolean;
  /** Kinds of findings that are left out there. */
  readonly 'diagnostics.silenced': readonly FindingCode[];
  /** 0 lets the runtime decide. */
  readonly 'engine.threads': number;
  readonly 'engine.hangSeconds': number;
  /** Of the queue whose workers scan folders, as the user wrote it; empty for none. */
  readonly 'queue.address': string;
  /** As the user wrote it. See `parseBaseAddress`. */
  readonly 'download.baseUrl': string;
}

export type SettingName = keyof Settings;

interface Rule<T> {
  readonly fallback: T;
  readonly accepts: (value: unknown) => value is T;
  /** Completes "expected …". */
  readonly expected: string;
}

const displayScales = ['tile', 'map', 'layer'] as const;

export const settingRules: { readonly [Name in SettingName]: Rule<Settings[Name]> } = {
  model: {
    fallback: '',
    accepts: (value) => typeof value === 'string',
    expected: 'a path',
  },
  mapsPerLayer: wholeNumber({ fallback: 9, minimum: 1, maximum: 64 }),
  displayScale: oneOf(displayScales),
  runtime: oneOf(runtimeNames),
  executionProvider: oneOf(executionProviders),
  codeLens: onByDefault(),
  gutterThumbnails: onByDefault(),
  'diagnostics.enabled': onByDefault(),
  'diagnostics.silenced': {
    fallback: [],
    accepts: (value) => Array.isArray(value) && value.every(isFindingCode),
    expected: `a list of ${findingCodes.join(', ')}`,
  },
  'engine.threads': wholeNumber({ fallback: 0, minimum: 0, maximum: 256 }),
  'engine.hangSeconds': wholeNumber({ fallback: 60, minimum: 5, maximum: 3600 }),
  'queue.address': {
    fallback: '',
    accepts: (value) => typeof value === 'string',
    expected: 'an address',
  },
  'download.baseUrl': {
    fallback: zooAddress,
    accepts: (value) => typeof value === 'string',
    expected: 'an address',
  },
};

export const settingNames = Object.keys(settingRules) as readonly SettingName[];

/**
 * Reads all settings. A value that cannot be meant falls back to the default and is named in `problems`, one
 * sentence each.
 */
export function readSettings(get: (name: SettingName) => unknown): {
  readonly settings: Settings;
  readonly problems: readonly string[];
} {
  const problems: string[] = [];
  const read = <Name extends SettingName>(name: Name): Settings[Name] => {
    const rule = settingRules[name];
    const value = get(name);
    if (value === undefined || value === null) return rule.fallback;
    if (rule.accepts(value)) return value;
    problems.push(
      `The setting switchback.${name} is ${JSON.stringify(value)}, expected ${rule.expected}; ` +
        `${JSON.stringify(rule.fallback)} is used.`,
    );
    return rule.fallback;
  };
  return {
    settings: {
      model: read('model'),
      mapsPerLayer: read('mapsPerLayer'),
      displayScale: read('displayScale'),
      runtime: read('runtime'),
      executionProvider: read('executionProvider'),
      codeLens: read('codeLens'),
      gutterThumbnails: read('gutterThumbnails'),
      'diagnostics.enabled': read('diagnostics.enabled'),
      'diagnostics.silenced': read('diagnostics.silenced'),
      'engine.threads': read('engine.threads'),
      'engine.hangSeconds': read('engine.hangSeconds'),
      'queue.address': read('queue.address'),
      'download.baseUrl': read('download.baseUrl'),
    },
    problems,
  };
}

export function panelSettings({ mapsPerLayer, displayScale }: Settings): PanelSettings {
  return { mapsPerLayer, displayScale };
}

function onByDefault(): Rule<boolean> {
  return {
    fallback: true,
    accepts: (value) => typeof value === 'boolean',
    expected: 'true or false',
  };
}

/** One of a list of names, the first where unset. */
function oneOf<T extends string>(names: readonly [T, ...T[]]): Rule<T> {
  return {
    fallback: names[0],
    accepts: (value): value is T => names.some((name) => name === value),
    expected: names.join(', '),
  };
}

function wholeNumber(range: {
  readonly fallback: number;
  readonly minimum: number;
  readonly maximum: number;
}): Rule<number> {
  const { fallback, minimum, maximum } = range;
  return {
    fallback,
    accepts: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= minimum && value <= maximum,
    expected: `a whole number from ${minimum} to ${maximum}`,
  };
}
