import path from 'node:path';

/** What is known about models before one is chosen. Paths are absolute. */
export interface ModelSources {
  /** The setting `switchback.model`; empty where unset. */
  readonly setting: string;
  /** Folder of the workspace that the image belongs to; relative settings start here. */
  readonly folder: string | undefined;
  /** The model chosen earlier for this folder. */
  readonly remembered: string | undefined;
  readonly bundled: string | undefined;
  readonly exists: (model: string) => Promise<boolean>;
  /** Whether a model may be opened: not so for models of a workspace that is not trusted. */
  readonly mayOpen: (model: string) => boolean;
  /** The models of the workspace, those of `folder` where it has any. */
  readonly findModels: () => Promise<FoundModels>;
}

export interface FoundModels {
  readonly models: readonly string[];
  /** False where the search stopped early, at its limit or its time. */
  readonly complete: boolean;
}

/** Why something the user chose earlier is not used. */
export interface PassedOver {
  readonly source: 'setting' | 'remembered' | 'workspace';
  readonly model: string;
  readonly reason: 'missing' | 'untrusted' | 'no-folder';
}

export type ModelChoice =
  | {
      readonly kind: 'use';
      readonly model: string;
      readonly source: 'setting' | 'remembered' | 'only' | 'bundled';
      readonly passedOver: readonly PassedOver[];
    }
  | {
      readonly kind: 'ask';
      readonly found: FoundModels;
      readonly passedOver: readonly PassedOver[];
    };

/**
 * The model to visualize an image with: the setting, else the one chosen earlier, else the only one in the
 * workspace, else the bundled one where the workspace has none. Otherwise the user is asked.
 */
export async function chooseModel(sources: ModelSources): Promise<ModelChoice> {
  const passedOver: PassedOver[] = [];
  const chosen = [
    { source: 'setting', model: resolveModelSetting(sources.setting, sources.folder) },
    { source: 'remembered', model: sources.remembered ?? '' },
  ] as const;
  for (const { source, model } of chosen) {
    if (model === '') continue;
    const reason = await objection(model, sources);
    if (reason === undefined) return { kind: 'use', model: model ?? '', source, passedOver };
    passedOver.push({ source, model: model ?? sources.setting, reason });
  }
  return chooseFromWorkspace(sources, passedOver);
}

async function chooseFromWorkspace(sources: ModelSources, passedOver: PassedOver[]): Promise<ModelChoice> {
  const all = await sources.findModels();
  const models = all.models.filter(sources.mayOpen);
  const [barred] = all.models.filter((model) => !models.includes(model));
  if (barred !== undefined) passedOver.push({ source: 'workspace', model: barred, reason: 'untrusted' });
  const found = { models, complete: all.complete };
  const [only, ...others] = models;
  if (found.complete && others.length === 0) {
    if (only !== undefined) return { kind: 'use', model: only, source: 'only', passedOver };
    if (sources.bundled !== undefined) {
      return { kind: 'use', model: sources.bundled, source: 'bundled', passedOver };
    }
  }
  return { kind: 'ask', found, passedOver };
}

async function objection(
  model: string | undefined,
  sources: ModelSources,
): Promise<PassedOver['reason'] | undefined> {
  if (model === undefined) return 'no-folder';
  if (!sources.mayOpen(model)) return 'untrusted';
  return (await sources.exists(model)) ? undefined : 'missing';
}

/**
 * The absolute path a `switchback.model` setting means: `${workspaceFolder}` and relative paths start at
 * `folder`. Empty for an unset setting, `undefined` where it needs a folder and there is none.
 */
export function resolveModelSetting(setting: string, folder: string | undefined): string | undefined {
  const trimmed = setting.trim();
  if (trimmed === '') return '';
  const variable = '${workspaceFolder}';
  if (trimmed.includes(variable) && folder === undefined) return undefined;
  const expanded = trimmed.replaceAll(variable, () => folder ?? '');
  if (path.isAbsolute(expanded)) return path.normalize(expanded);
  return folder === undefined ? undefined : path.resolve(folder, expanded);
}
