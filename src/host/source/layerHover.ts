import * as vscode from 'vscode';
import type { LayerMatch } from '../../core/source/match';
import type { LayerPreview, LayerSummary } from '../../protocol/model';
import type { CodeIndex } from '../codeIndex';
import { figures, filterFigures, mismatchText } from './codeTexts';
import type { LayerPreviews } from './layerPreviews';
import { layersAt, type DefinedLayers } from './layersAt';
import { readableSelector } from './readableDocuments';

/** Other layers of a block that is used often are named, up to so many. */
const mostNamed = 8;

/** Wider pictures would be scaled down by the hover. */
const widest = 480;

/** Shows a layer's filters and figures on its definition. All of it is there already: nothing is computed here. */
export function registerLayerHover(index: CodeIndex, previews: LayerPreviews): vscode.Disposable {
  return vscode.languages.registerHoverProvider(readableSelector, {
    provideHover: async (document, position) => {
      const indexed = index.get(document);
      const defined = indexed && layersAt(indexed, position);
      const [layer] = defined?.layers ?? [];
      if (!indexed?.match || !defined || !layer) return undefined;
      const preview = await previews.load(defined.model, layer.label);
      const { start, end } = defined.definition.range;
      return new vscode.Hover(
        hoverText(defined, layer, preview, indexed.match.explanation),
        new vscode.Range(start.line, start.character, end.line, end.character),
      );
    },
  });
}

function hoverText(
  { matches, model, layers }: DefinedLayers,
  layer: LayerSummary,
  preview: LayerPreview | undefined,
  explanation: string,
): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  // Names come from the model's file: they enter as text, and no other command can be linked.
  text.isTrusted = { enabledCommands: ['switchback.showLayer'] };
  text.appendMarkdown('**').appendText(layer.label).appendMarkdown('** · ').appendText(explanation);
  const image = preview && imageOf(preview);
  if (image) text.appendMarkdown(`\n\n![${vscode.l10n.t('Filters')}](${image})`);
  text.appendMarkdown(`\n\n${figures(layer, preview).join(' · ')}`);
  if (preview?.filters) text.appendMarkdown(`\n\n${filterFigures(preview)}`);
  for (const match of matches.filter(({ mismatches }) => mismatches.length > 0).slice(0, mostNamed)) {
    text.appendMarkdown('\n\n⚠ ');
    if (matches.length > 1) text.appendText(`${match.layer}: `);
    text.appendText(mismatchText(match));
  }
  text.appendMarkdown(`\n\n${link(vscode.l10n.t('Open in Panel'), model.path, layer.label)}`);
  if (layers.length > 1) appendOthers(text, matches, model.path);
  return text;
}

/** The other layers that the line makes. */
function appendOthers(text: vscode.MarkdownString, matches: readonly LayerMatch[], model: string): void {
  text.appendMarkdown(`\n\n${vscode.l10n.t('This line makes {0} layers:', matches.length)} `);
  matches.slice(1, mostNamed).forEach(({ layer }, i) => {
    text
      .appendMarkdown(`${i === 0 ? '' : ', '}[`)
      .appendText(layer)
      .appendMarkdown(`](${address(model, layer)})`);
  });
  if (matches.length > mostNamed) text.appendMarkdown(', …');
}

function link(title: string, model: string, layer: string): string {
  return `[${title}](${address(model, layer)})`;
}

function address(model: string, layer: string): string {
  const argument = encodeURIComponent(JSON.stringify([{ model, layer }])).replace(/[()]/g, (bracket) =>
    bracket === '(' ? '%28' : '%29',
  );
  return `command:switchback.showLayer?${argument}`;
}

function imageOf({ sheet }: LayerPreview): string | undefined {
  if (!sheet) return undefined;
  const data = Buffer.from(sheet.file).toString('base64');
  return `data:${sheet.type};base64,${data}|width=${Math.min(widest, sheet.width)}`;
}
