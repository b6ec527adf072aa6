import path from 'node:path';
import * as vscode from 'vscode';
import { withoutTold } from '../../core/diagnose/codeMismatches';
import type { LayerDefinition } from '../../core/source/definition';
import type { LayerMatch } from '../../core/source/match';
import { previewHeight, previewSide } from '../../protocol/previews';
import type { IndexedDocument } from '../codeIndex';
import type { TopIndexes } from '../dataSets/topIndexes';
import { cardOf, dataUri, type LayerCard, type LayerKnowledge, type LayerPicture } from './layerCard';
import { layerCommands, layerLink, type LayerCommand } from './layerLink';
import { absentAt, layersAt } from './layersAt';

/** Other layers of a block that is used often are named, up to so many. */
const mostNamed = 8;

interface Surroundings {
  readonly topIndexes: Pick<TopIndexes, 'latest'>;
  /** What problems say at the same place. */
  readonly told: readonly string[];
}

/** What is known of the layer that a place defines. All of it is there already: nothing is computed here. */
export async function layerHover(
  indexed: IndexedDocument,
  position: vscode.Position,
  knowledge: Omit<LayerKnowledge, 'index'>,
  { topIndexes, told }: Surroundings,
): Promise<vscode.Hover | undefined> {
  const defined = layersAt(indexed, position);
  const [layer] = defined?.layers ?? [];
  if (!indexed.match || !defined || !layer) return absenceHover(indexed, position);
  const matches = defined.matches.map((match) => withoutTold(match, told));
  const card = await cardOf({ ...defined, matches }, layer, indexed.match.explanation, knowledge);
  const scanned = topIndexes.latest(defined.model.path) !== undefined;
  const text = hoverText(card, defined.matches, linksOf(card, scanned));
  return new vscode.Hover(text, rangeOf(defined.definition));
}

/** Says of a line whose layers the loaded model lacks that nothing is wrong with it. */
function absenceHover(indexed: IndexedDocument, position: vscode.Position): vscode.Hover | undefined {
  const absent = absentAt(indexed, position);
  if (!absent) return undefined;
  const model = path.basename(absent.model.path);
  const text = new vscode.MarkdownString();
  appendSentence(
    text,
    vscode.l10n.t('Not in the loaded model: {0} has no layer that this line makes.', model),
  );
  return new vscode.Hover(text, rangeOf(absent.definition));
}

function rangeOf({ range: { start, end } }: LayerDefinition): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

/** What can be done with a layer, as Markdown. */
function linksOf({ model, layer }: LayerCard, scanned: boolean): string {
  const link = (title: string, command: LayerCommand) => `[${title}](${layerLink(command, model, layer)})`;
  return [
    link(vscode.l10n.t('Open in Panel'), 'switchback.showLayer'),
    ...(scanned ? [link(vscode.l10n.t('Top Activations'), 'switchback.showTopActivations')] : []),
    link(vscode.l10n.t('Pin'), 'switchback.pinLayer'),
  ].join(' · ');
}

function hoverText(card: LayerCard, matches: readonly LayerMatch[], links: string): vscode.MarkdownString {
  const { layer, model, picture } = card;
  const text = new vscode.MarkdownString();
  // Names come from the model's file: they enter as text, and no other command can be linked.
  text.isTrusted = {
    enabledCommands: [...layerCommands],
  };
  // All of the text stands above the picture, in few lines: a hover is cut off below it.
  text.appendMarkdown('**').appendText(layer).appendMarkdown('** · ').appendText(card.explanation);
  text.appendMarkdown(` · ${links}`);
  for (const line of card.mismatches) appendSentence(text.appendMarkdown('\n\n⚠ '), line);
  if (matches.length > 1) appendOthers(text, matches, model);
  appendLines(text, card.figures);
  if (picture) appendPicture(text, picture);
  return text;
}

/** Plain text in as many lines as it needs: `appendText` makes spaces at which no line breaks. */
function appendSentence(text: vscode.MarkdownString, sentence: string): void {
  sentence.split(' ').forEach((word, i) => text.appendMarkdown(i === 0 ? '' : ' ').appendText(word));
}

/** Lines of one paragraph. */
function appendLines(text: vscode.MarkdownString, lines: readonly string[]): void {
  lines.forEach((line, i) => text.appendMarkdown(i === 0 ? '\n\n' : '  \n').appendText(line));
}

function appendPicture(text: vscode.MarkdownString, picture: LayerPicture): void {
  const fitting = Math.floor((previewHeight * picture.width) / picture.height);
  const width = Math.min(previewSide, picture.width, Math.max(1, fitting));
  text
    .appendMarkdown('\n\n![')
    .appendText(picture.caption)
    .appendMarkdown(`](${dataUri(picture)}|width=${width})`);
  text.appendMarkdown('\n\n').appendText(picture.caption);
}

/** The other layers that the line makes. */
function appendOthers(text: vscode.MarkdownString, matches: readonly LayerMatch[], model: string): void {
  text.appendMarkdown(`\n\n${vscode.l10n.t('This line makes {0} layers:', matches.length)} `);
  matches.slice(1, mostNamed).forEach(({ layer }, i) => {
    text
      .appendMarkdown(`${i === 0 ? '' : ', '}[`)
      .appendText(layer)
      .appendMarkdown(`](${layerLink('switchback.showLayer', model, layer)})`);
  });
  if (matches.length > mostNamed) text.appendMarkdown(', …');
}
