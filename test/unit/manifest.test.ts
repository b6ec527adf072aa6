import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { findingCodes } from '../../src/core/diagnose/finding';
import {
  commandIds,
  dataSetPanelTypes,
  foreignModelExtensions,
  hasExtension,
  imageExtensions,
  indexExtensions,
  isModelFileName,
  isModelName,
  languageToolNames,
  modelEditor,
  modelExtensions,
  panelTypes,
  pinnedLayersType,
  settingSection,
  tfjsModelName,
  viewIds,
  walkthroughId,
} from '../../src/host/names';
import { settingNames, settingRules } from '../../src/host/settings';

const root = path.resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly main: string;
  readonly icon: string;
  readonly l10n: string;
  readonly extensionKind: readonly string[];
  readonly capabilities: {
    readonly untrustedWorkspaces: { supported: string; restrictedConfigurations: readonly string[] };
    readonly virtualWorkspaces: { supported: boolean };
  };
  readonly contributes: {
    readonly commands: readonly { command: string; title: string; category: string }[];
    readonly menus: Readonly<
      Record<string, readonly { command?: string; submenu?: string; when?: string }[]>
    >;
    readonly viewsContainers: { readonly activitybar: readonly { id: string; icon: string }[] };
    readonly views: Readonly<Record<string, readonly { id: string; icon: string }[]>>;
    readonly viewsWelcome: readonly { view: string }[];
    readonly customEditors: readonly {
      viewType: string;
      priority: string;
      selector: readonly { filenamePattern: string }[];
    }[];
    readonly languageModelTools: readonly {
      name: string;
      modelDescription: string;
      inputSchema: { properties: object; required: readonly string[] };
    }[];
    readonly submenus: readonly { id: string; label: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, Property>> };
    readonly jsonValidation: readonly { fileMatch: string; url: string }[];
    readonly walkthroughs: readonly {
      id: string;
      icon: string;
      steps: readonly { media: Record<string, string>; completionEvents: readonly string[] }[];
    }[];
  };
}

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly scope?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly markdownEnumDescriptions?: readonly string[];
  readonly markdownDescription: string;
  readonly items?: Pick<Property, 'enum' | 'markdownEnumDescriptions'>;
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const { contributes, capabilities } = manifest;
const texts = JSON.parse(read('package.nls.json')) as Readonly<Record<string, string>>;
const sorted = (values: Iterable<string>) => [...values].sort();

describe('commands', () => {
  it('are those that the code has handlers for', () => {
    expect(sorted(contributes.commands.map(({ command }) => command))).toEqual(sorted(commandIds));
  });

  it('in menus, walkthrough steps and links exist', () => {
    const inMenus = Object.values(contributes.menus)
      .flat()
      .flatMap(({ command }) => command ?? []);
    const inTexts = Object.values(texts).flatMap((text) =>
      [...text.matchAll(/\]\(command:([\w.]+)/g)].map((match) => match[1] ?? ''),
    );
    const inEvents = contributes.walkthroughs
      .flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents))
      .map((event) => event.replace(/^onCommand:/, ''));
    const known = new Set<string>(commandIds);
    expect([...inMenus, ...inTexts, ...inEvents].filter((command) => !known.has(command))).toEqual([]);
  });

  it('in a submenu are in a menu', () => {
    const shown = Object.values(contributes.menus).flatMap((entries) =>
      entries.flatMap(({ submenu }) => submenu ?? []),
    );
    const declared = contributes.submenus.map(({ id }) => id);
    expect(sorted(new Set(shown))).toEqual(sorted(declared));
    for (const id of declared) expect(contributes.menus[id]?.length).toBeGreaterThan(0);
  });

  it('and settings in the code are named as they are declared', () => {
    const own = new RegExp(`'(${settingSection}\\.[a-z]\\w*)'`, 'g');
    const named = hostSources().flatMap(({ text }) => [...text.matchAll(own)].map((match) => match[1] ?? ''));
    const settings = settingNames.map((name) => `${settingSection}.${name}`);
    const views = [
      ...Object.values(panelTypes),
      ...Object.values(dataSetPanelTypes),
      pinnedLayersType,
      ...Object.values(viewIds),
      modelEditor.type,
      walkthroughId,
    ];
    const known = new Set<string>([...commandIds, ...settings, ...views]);
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });

  it('appear in the menus that the main job is started from', () => {
    const places = Object.entries(contributes.menus)
      .filter(([, entries]) => entries.some(({ command }) => command === 'switchback.visualizeLayers'))
      .map(([place]) => place);
    expect(sorted(places)).toEqual(['editor/title', 'editor/title/context', 'explorer/context']);
  });
});

describe('menu conditions', () => {
  const conditions = Object.values(contributes.menus)
    .flat()
    .filter(({ command, submenu }) => command === 'switchback.visualizeLayers' || submenu !== undefined)
    .map(({ when = '' }) => when);

  it.each(conditions)('cover the images that the code accepts: %s', (when) => {
    const [, source = '', flags = ''] = /resourceExtname =~ \/(.*)\/(\w*)/.exec(when) ?? [];
    const pattern = new RegExp(source, flags);
    const names = [...imageExtensions, ...modelExtensions, 'PNG', 'svg', 'txt', 'pngx', 'onnx.json'];
    const shown = names.filter((extension) => pattern.test(`.${extension}`));
    expect(shown).toEqual(names.filter((extension) => hasExtension(`x.${extension}`, imageExtensions)));
  });

  it.each(['switchback.createSidecar', 'switchback.showFilters'])('cover the models for %s', (id) => {
    const [{ when = '' } = {}] = contributes.menus['explorer/context']!.filter(
      ({ command }) => command === id,
    );
    const [, source = '', flags = ''] = /resourceFilename =~ \/(.*)\/(\w*)/.exec(when) ?? [];
    const pattern = new RegExp(source, flags);
    const names = [
      'a.onnx',
      'A.ONNX',
      'model.json',
      'my-model.json',
      'model.json.txt',
      'onnx',
      'a.onnx.json',
      ...foreignModelExtensions.map((extension) => `a.${extension}`),
      'a.PT',
      'pt',
      'a.h5.txt',
    ];
    const accepts = id === 'switchback.showFilters' ? isModelFileName : isModelName;
    expect(names.filter((name) => pattern.test(name))).toEqual(names.filter(accepts));
  });

  it('cover what an index of top activations is usually called', () => {
    const entry = contributes.menus['explorer/context']!.find(
      ({ command }) => command === 'switchback.openTopIndex',
    );
    const [, source = '', flags = ''] = /resourceExtname =~ \/(.*)\/(\w*)/.exec(entry?.when ?? '') ?? [];
    const names = [...indexExtensions, 'SQLite', 'json', 'indexes', 'dbx', 'onnx'];
    const shown = names.filter((extension) => new RegExp(source, flags).test(`.${extension}`));
    expect(shown).toEqual(names.filter((extension) => hasExtension(`x.${extension}`, indexExtensions)));
  });

  it('leave folders out in the Explorer, but for what is about a set of pictures', () => {
    const ofFolders = [
      'switchback.annotateParts',
      'switchback.correspondence',
      'switchback.findTopActivations',
      'switchback.compareCheckpoints',
      'switchback.rateFeatures',
    ];
    for (const { command, when } of contributes.menus['explorer/context'] ?? []) {
      if (command !== undefined && ofFolders.includes(command)) expect(when).toBe('explorerResourceIsFolder');
      else expect(when).toContain('!explorerResourceIsFolder');
    }
  });
});

describe('views', () => {
  it('are those that the code fills, in the container of the code', () => {
    expect(contributes.viewsContainers.activitybar.map(({ id }) => id)).toEqual([viewIds.container]);
    expect(contributes.views[viewIds.container]?.map(({ id }) => id)).toEqual([viewIds.layers]);
    expect(contributes.viewsWelcome.map(({ view }) => view)).toEqual([viewIds.layers]);
    const inMenus = ['view/title', 'view/item/context'].flatMap((place) => contributes.menus[place] ?? []);
    for (const { when } of inMenus) expect(when).toContain(`view == ${viewIds.layers}`);
  });

  it('of model files are offered for every model, and never taken before the text editor', () => {
    const [editor, ...others] = contributes.customEditors;
    expect(others).toEqual([]);
    expect(editor).toMatchObject({ viewType: modelEditor.type, priority: 'option' });
    const ending = (extension: string) => `*.${extension}`;
    const patterns = [...modelExtensions.map(ending), tfjsModelName, ...foreignModelExtensions.map(ending)];
    expect(editor?.selector.map(({ filenamePattern }) => filenamePattern)).toEqual(patterns);
    expect(existsSync(path.join(root, 'webview', modelEditor.view, 'main.ts'))).toBe(true);
  });
});

describe('tools for language models', () => {
  it('are those that the code has, and require only what they declare', () => {
    const { languageModelTools } = contributes;
    expect(languageModelTools.map(({ name }) => name)).toEqual([...languageToolNames]);
    for (const { modelDescription, inputSchema } of languageModelTools) {
      expect(modelDescription.length).toBeGreaterThan(80);
      expect(Object.keys(inputSchema.properties)).toEqual(expect.arrayContaining([...inputSchema.required]));
    }
  });
});

describe('settings', () => {
  const { properties } = contributes.configuration;

  it('are those that the code reads', () => {
    const names = settingNames.map((name) => `${settingSection}.${name}`);
    expect(sorted(Object.keys(properties))).toEqual(sorted(names));
  });

  it.each(settingNames)('declare for switchback.%s what the code accepts', (name) => {
    const rule = settingRules[name];
    const property = properties[`${settingSection}.${name}`];
    if (!property) throw new Error(`${name} is not declared`);
    expect(property.default).toEqual(rule.fallback);
    expect(property.markdownEnumDescriptions?.length).toBe(property.enum?.length);
    const { minimum, maximum } = property;
    if (minimum !== undefined && maximum !== undefined) {
      expect([minimum - 1, minimum, maximum, maximum + 1].map((value) => rule.accepts(value))).toEqual([
        false,
        true,
        true,
        false,
      ]);
    }
    for (const value of property.enum ?? []) expect(rule.accepts(value)).toBe(true);
    expect(rule.accepts('something else')).toBe(property.type === 'string' && property.enum === undefined);
  });

  it('name all kinds of findings to silence, each explained on the page of findings', () => {
    const { items } = properties['switchback.diagnostics.silenced']!;
    expect(items?.enum).toEqual([...findingCodes]);
    expect(items?.markdownEnumDescriptions).toHaveLength(findingCodes.length);
    const headings = [...read('media/findings.md').matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([...findingCodes]);
  });

  it('that could lead into a workspace are restricted until it is trusted', () => {
    expect(capabilities.untrustedWorkspaces).toMatchObject({
      supported: 'limited',
      restrictedConfigurations: ['switchback.model'],
    });
  });

  it('that lead into the network cannot be set by a workspace', () => {
    expect(properties['switchback.download.baseUrl']?.scope).toBe('machine');
    expect(properties['switchback.queue.address']?.scope).toBe('machine');
  });
});

describe('texts', () => {
  it('of the manifest are all in package.nls.json, and none is left over', () => {
    const used = new Set([...read('package.json').matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? ''));
    expect(sorted(used)).toEqual(sorted(Object.keys(texts)));
  });

  it('of the code are all in the bundle for translators, and none is left over', () => {
    const bundle = JSON.parse(read(path.join(manifest.l10n, 'bundle.l10n.json'))) as Record<string, string>;
    const used = new Set(hostSources().flatMap(localizedTexts));
    expect(sorted(used)).toEqual(sorted(Object.keys(bundle)));
    for (const [text, translation] of Object.entries(bundle)) expect(translation).toBe(text);
  });
});

describe('the extension', () => {
  it('runs where the files are, and not on virtual ones', () => {
    expect(manifest.extensionKind).toEqual(['workspace']);
    expect(capabilities.virtualWorkspaces.supported).toBe(false);
  });

  it('wakes up for its panels after a reload', () => {
    const types = [...Object.values(panelTypes), ...Object.values(dataSetPanelTypes)];
    const wakes = types.map((type) => `onWebviewPanel:${type}`);
    expect(manifest.activationEvents).toEqual(expect.arrayContaining(wakes));
  });

  it('has every file that the manifest names', () => {
    const [walkthrough] = contributes.walkthroughs;
    const media = walkthrough?.steps.flatMap((step) => [step.media.svg, step.media.markdown]) ?? [];
    const files = [
      manifest.icon,
      walkthrough?.icon,
      ...contributes.viewsContainers.activitybar.map(({ icon }) => icon),
      ...media,
      ...contributes.jsonValidation.map(({ url }) => url),
    ].filter((file) => file !== undefined);
    expect(files.filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
    expect(files.length).toBeGreaterThan(5);
  });

  it('has the walkthrough that the command opens, in three steps', () => {
    expect(contributes.walkthroughs.map(({ id }) => id)).toEqual([walkthroughId]);
    expect(contributes.walkthroughs[0]?.steps).toHaveLength(3);
  });

  it('has an icon of 128 x 128 pixels', async () => {
    const { width, height, format } = await sharp(path.join(root, manifest.icon)).metadata();
    expect({ width, height, format }).toEqual({ width: 128, height: 128, format: 'png' });
  });
});

interface Source {
  readonly name: string;
  readonly text: string;
}

function hostSources(): readonly Source[] {
  const names = readdirSync(path.join(root, 'src/host'), { recursive: true, encoding: 'utf8' });
  const files = [
    ...names.filter((name) => name.endsWith('.ts')).map((name) => `src/host/${name}`),
    'src/extension.ts',
  ];
  return files.map((name) => ({ name, text: read(name) }));
}

/** The first arguments of all calls of `vscode.l10n.t`; a text that is put together cannot be translated. */
function localizedTexts({ name, text }: Source): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'vscode.l10n.t') {
      const [first] = node.arguments;
      if (!first || !ts.isStringLiteralLike(first)) throw new Error(`${name}: ${node.getText()}`);
      found.push(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true));
  return found;
}
