import * as vscode from 'vscode';
import type { LayerMatch } from '../../core/source/match';
import { previewSide } from '../../protocol/previews';
import { cardOf, dataUri, type LayerCard, type LayerKnowledge, type LayerPicture } from './layerCard';
import { layerLink, type LayerCommand } from './layerLink';
import { layersAt } from './layersAt';
import { readableSelector } from './readableDocuments';

/** Other layers of a block that is used often are named, up to so many. */
const mostNamed = 8;

/** Shows a layer's picture and figures on its definition. All of it is there already: nothing is computed here. */
export function registerLayerHover(knowledge: LayerKnowledge): vscode.Disposable {
  const { index } = knowledge;
  return vscode.languages.registerHoverProvider(readableSelector, {
    provideHover: async (document, position) => {
      const indexed = index.get(document);
      const defined = indexed && layersAt(indexed, position);
      const [layer] = defined?.layers ?? [];
      if (!indexed?.match || !defined || !layer) return undefined;
      const card = await cardOf(defined, layer, indexed.match.explanation, knowledge);
      const { start, end } = defined.definition.range;
      return new vscode.Hover(
        hoverText(card, defined.matches),
        new vscode.Range(start.line, start.character, end.line, end.character),
      );
    },
  });
}

function hoverText(card: LayerCard, matches: readonly LayerMatch[]): vscode.MarkdownString {
  const { layer, model, picture } = card;
  const text = new vscode.MarkdownString();
  // Names come from the model's file: they enter as text, and no other command can be linked.
  text.isTrusted = {
    enabledCommands: ['switchback.showLayer', 'switchback.pinLayer'] satisfies LayerCommand[],
  };
  text.appendMarkdown('**').appendText(layer).appendMarkdown('** · ').appendText(card.explanation);
  const open = layerLink('switchback.showLayer', model, layer);
  const pin = layerLink('switchback.pinLayer', model, layer);
  // Above the picture: a hover is cut off below it.
  text.appendMarkdown(`\n\n[${vscode.l10n.t('Open in Panel')}](${open}) · [${vscode.l10n.t('Pin')}](${pin})`);
  if (picture) appendPicture(text, picture);
  for (const line of card.figures) text.appendMarkdown('\n\n').appendText(line);
  for (const line of card.mismatches) text.appendMarkdown('\n\n⚠ ').appendText(line);
  if (matches.length > 1) appendOthers(text, matches, model);
  return text;
}

function appendPicture(text: vscode.MarkdownString, picture: LayerPicture): void {
  const width = Math.min(previewSide, picture.width);
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
