import * as vscode from 'vscode';
import { dataUri, type LayerKnowledge } from './layerCard';
import { definedLayers } from './layersAt';

/** Lines of one document that have a picture. */
const mostLines = 100;

type Shown = Pick<LayerKnowledge, 'index' | 'previews'>;

/** Changes that come together are drawn together, in milliseconds. */
const rest = 100;

/** Where each picture stands in an editor, by its data URI. */
type Places = ReadonlyMap<string, readonly vscode.Range[]>;

/**
 * The first filter of each layer in the margin beside the line that defines it, in the editors that are visible; an editor without a glyph
 * margin shows none. `isOn` is asked each time.
 */
export function registerLayerThumbnails(
  shown: Shown,
  isOn: (document: vscode.TextDocument) => boolean,
): vscode.Disposable {
  const types = new Map<string, vscode.TextEditorDecorationType>();
  const draw = () => {
    const editors = vscode.window.visibleTextEditors;
    const places = editors.map(({ document }) => (isOn(document) ? placesIn(document, shown) : none));
    const wanted = new Set(places.flatMap((each) => [...each.keys()]));
    for (const [picture, type] of types) {
      if (wanted.has(picture)) continue;
      type.dispose();
      types.delete(picture);
    }
    for (const picture of wanted) {
      const type = types.get(picture) ?? decorationOf(picture);
      types.set(picture, type);
      editors.forEach((editor, i) => editor.setDecorations(type, places[i]?.get(picture) ?? []));
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const drawSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(draw, rest);
  };
  return vscode.Disposable.from(
    shown.index.onDidChange(drawSoon),
    shown.previews.onDidLoad(drawSoon),
    vscode.window.onDidChangeVisibleTextEditors(drawSoon),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('switchback.gutterThumbnails')) drawSoon();
    }),
    new vscode.Disposable(() => {
      clearTimeout(timer);
      for (const type of types.values()) type.dispose();
    }),
  );
}

const none: Places = new Map();

/** Of a line that makes several layers the first one's picture. */
function placesIn(document: vscode.TextDocument, { index, previews }: Shown): Places {
  const indexed = index.get(document);
  const places = new Map<string, vscode.Range[]>();
  for (const { definition, model, layers } of indexed ? definedLayers(indexed).slice(0, mostLines) : []) {
    const [layer] = layers;
    const picture = layer && previews.get(model, layer.label)?.thumbnail;
    if (!picture) continue;
    const { line } = definition.range.start;
    const uri = dataUri(picture);
    places.set(uri, [...(places.get(uri) ?? []), new vscode.Range(line, 0, line, 0)]);
  }
  return places;
}

function decorationOf(picture: string): vscode.TextEditorDecorationType {
  return vscode.window.createTextEditorDecorationType({
    gutterIconPath: vscode.Uri.parse(picture),
    gutterIconSize: 'contain',
  });
}
