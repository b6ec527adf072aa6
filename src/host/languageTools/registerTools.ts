import path from 'node:path';
import * as vscode from 'vscode';
import { noModelForTool } from '../../core/toolErrors';
import type { Picture } from '../../core/imaging/preprocessing';
import { toFailure, valueOf } from '../../protocol/failure';
import type { Engine } from '../engine';
import type { Models } from '../models';
import type { LanguageToolName } from '../names';
import { languageToolNames } from '../names';
import { occlusionAnswer } from './occlusionAnswer';
import { describeMap, listLayers, projectUnit, type ToolAnswer, type ToolContext } from './toolAnswers';
import { fileBelow, positionOf, textOf, wholeNumber, type ToolInput } from './toolInput';

interface Parts {
  readonly models: Models;
  readonly engine: Engine;
}

type Run = (input: ToolInput, parts: Parts, context: ToolContext) => Promise<ToolAnswer>;

const defaultSquare = 48;

const runs: { readonly [Name in LanguageToolName]: Run } = {
  switchback_listLayers: async (input, parts, context) =>
    listLayers({ model: await modelOf(input, parts) }, context),
  switchback_projectUnit: async (input, parts, context) => projectUnit(await unitOf(input, parts), context),
  switchback_describeMap: async (input, parts, context) => describeMap(await unitOf(input, parts), context),
  switchback_occlusion: async (input, parts, context) =>
    occlusionAnswer(
      { ...(await subjectOf(input, parts)), size: wholeNumber(input.size ?? defaultSquare, 'size') },
      context,
    ),
};

/** Offers the tools to language models, where this VS Code has the API; its forks may lack it. */
export function registerLanguageTools(parts: Parts): vscode.Disposable {
  const api = vscode.lm as typeof vscode.lm | undefined;
  if (typeof api?.registerTool !== 'function') return vscode.Disposable.from();
  return vscode.Disposable.from(
    ...languageToolNames.map((name) =>
      api.registerTool<ToolInput>(name, {
        prepareInvocation: ({ input }) => prepare(name, input),
        invoke: ({ input }, token) => invoke(name, input, { parts, token }),
      }),
    ),
  );
}

/** The files are named by a language model, so the user sees and allows them before they are read. */
function prepare(name: LanguageToolName, { image, model }: ToolInput): vscode.PreparedToolInvocation {
  const files = [image, model].filter((file) => typeof file === 'string').join(', ');
  return {
    invocationMessage: vscode.l10n.t('Running the network'),
    confirmationMessages: {
      title: {
        switchback_listLayers: vscode.l10n.t('List the layers of a model?'),
        switchback_projectUnit: vscode.l10n.t('Project a unit to pixels?'),
        switchback_describeMap: vscode.l10n.t('Describe a feature map?'),
        switchback_occlusion: vscode.l10n.t('Run an occlusion sweep?'),
      }[name],
      message:
        files === ''
          ? vscode.l10n.t('Switchback opens the model of this workspace on this machine.')
          : vscode.l10n.t('Switchback opens these files on this machine: {0}', files),
    },
  };
}

async function invoke(
  name: LanguageToolName,
  input: ToolInput,
  { parts, token }: { readonly parts: Parts; readonly token: vscode.CancellationToken },
): Promise<vscode.LanguageModelToolResult> {
  const controller = new AbortController();
  const cancelling = token.onCancellationRequested(() => controller.abort());
  const { peer } = parts.engine;
  try {
    const { facts, pictures } = await runs[name](input, parts, { peer, signal: controller.signal });
    const text = new vscode.LanguageModelTextPart(JSON.stringify(facts));
    const images = await Promise.all(pictures.map((picture) => imagePart(picture, parts.engine)));
    return new vscode.LanguageModelToolResult([text, ...images.filter((part) => part !== undefined)]);
  } catch (error) {
    // The language model reads the message: what a user could act on, it can.
    const { message, hint } = toFailure(error);
    throw new Error(`${message} ${hint}`.trim(), { cause: error });
  } finally {
    cancelling.dispose();
  }
}

/** Pictures in results are newer than the oldest VS Code that is supported. */
interface PictureApi {
  readonly LanguageModelDataPart?: { readonly image?: (data: Uint8Array, mime: string) => object };
}

async function imagePart(
  picture: Picture,
  { peer }: Engine,
): Promise<vscode.LanguageModelTextPart | undefined> {
  const { LanguageModelDataPart: part } = vscode as PictureApi;
  if (typeof part?.image !== 'function') return undefined;
  const { png } = valueOf(await peer.call('encodePng', { picture }));
  return part.image(png, 'image/png') as vscode.LanguageModelTextPart;
}

async function unitOf(input: ToolInput, parts: Parts) {
  const position = positionOf(input.position);
  return {
    ...(await subjectOf(input, parts)),
    layer: textOf(input.layer, 'layer'),
    map: wholeNumber(input.map, 'map'),
    ...(position && { position }),
  };
}

async function subjectOf(input: ToolInput, parts: Parts) {
  return { image: await fileBelow(folders(), input.image, 'image'), model: await modelOf(input, parts) };
}

/** The model that is named, else the one that is used without asking. */
async function modelOf({ model: named, image }: ToolInput, { models }: Parts): Promise<string> {
  const beside = image === undefined ? undefined : await fileBelow(folders(), image, 'image');
  const model =
    named === undefined ? await models.settled(beside) : await fileBelow(folders(), named, 'model');
  if (model === undefined) throw noModelForTool();
  models.assertMayOpen(model);
  return model;
}

function folders(): string[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => path.normalize(uri.fsPath));
}
