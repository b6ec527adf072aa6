import { cutPatch, displayBox, displayTile, placeInBox } from '../core/imaging/display';
import type { Picture } from '../core/imaging/preprocessing';
import { encodePreview } from '../engine/encodePicture';
import type { LayerSummary, ModelSummary, Prediction, ProjectedUnit } from '../protocol/model';

export interface Report {
  readonly model: ModelSummary;
  /** File name of the picture. */
  readonly image: string;
  /** The picture as the network sees it. */
  readonly input: Picture;
  readonly top: readonly Prediction[];
  readonly warnings: readonly string[];
  readonly layers: readonly ReportLayer[];
}

export interface ReportLayer {
  readonly summary: LayerSummary;
  /** How many maps have no positive activation. */
  readonly inactive: number;
  /** Strongest first; empty where the layer cannot be projected. */
  readonly units: readonly ProjectedUnit[];
}

/** Text that is already HTML. Only `html` makes it, so nothing from a model gets in unescaped. */
interface Html {
  readonly html: string;
}

/** Twice the height at which units are shown, for sharp screens. */
const PREVIEW = 224;

const STYLE = `
:root { color-scheme: light dark; --text: #1f1f1f; --faint: #616161; --line: #d4d4d4; --back: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --text: #d4d4d4; --faint: #9d9d9d; --line: #3c3c3c; --back: #1e1e1e; } }
body { font: 14px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 0; border-top: 1px solid var(--line); padding-top: 1rem; }
p, figcaption, th { color: var(--faint); }
table { border-collapse: collapse; } td, th { text-align: left; padding: 0 1rem 0 0; font-weight: normal; }
.units { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; } figure div { display: flex; gap: 2px; }
img { image-rendering: pixelated; display: block; }
.units img { height: 7rem; }
`;

/** A report as one HTML file that loads nothing: pictures are data URIs, text is escaped, scripts are forbidden. */
export async function renderReport(report: Report): Promise<string> {
  const { model, image, input, top, warnings, layers } = report;
  const sections: Html[] = [];
  for (const layer of layers) sections.push(await renderLayer(layer, input));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${image} through ${model.name}</title>
        <style>
          ${{ html: STYLE }}
        </style>
      </head>
      <body>
        <h1>${image} through ${model.name}</h1>
        <p>
          ${model.runtime}. ${model.preprocessingReason} For each layer the strongest feature maps: the
          projection of the strongest activation (deconvnet, Zeiler &amp; Fergus 2013) beside the part of the
          image it depends on. Grey is zero; brighter raises the activation's pattern in that colour, darker
          lowers it. SHA-256 of the model: ${model.hash}.
        </p>
        ${warnings.map((warning) => html`<p>Warning: ${warning}</p>`)}
        ${await renderPicture(input, 'The image as the network sees it')}
        <table>
          ${top.map(
            ({ label, probability }) =>
              html`<tr>
                <td>${label}</td>
                <td>${(100 * probability).toFixed(1)} %</td>
              </tr>`,
          )}
        </table>
        ${sections}
      </body>
    </html> `;
  return page.html;
}

async function renderLayer({ summary, inactive, units }: ReportLayer, input: Picture): Promise<Html> {
  const { label, op, shape, receptiveField } = summary;
  const faithfulness = summary.faithfulness.deconvnet;
  const figures: Html[] = [];
  for (const unit of units) figures.push(await renderUnit(unit, label, input));
  const reasons = faithfulness.nodes.map(({ op: nodeOp, node, reason }) => `${nodeOp} "${node}": ${reason}`);
  return html`
    <section>
      <h2>${label}</h2>
      <p>
        ${op}, output ${shape.join(' x ')}, receptive field ${receptiveField.size.join(' x ')}, stride
        ${receptiveField.stride.join(' x ')}, ${inactive} of ${shape[0] ?? 0} maps inactive,
        ${faithfulness.status}. ${reasons.slice(0, 3).join('; ')}
      </p>
      <div class="units">${figures}</div>
    </section>
  `;
}

async function renderUnit(unit: ProjectedUnit, layer: string, input: Picture): Promise<Html> {
  const { map, position, activation, tile, visible, receptiveField } = unit;
  if (!tile) return html``;
  const box = displayBox(receptiveField, input);
  const projection = placeInBox(displayTile(tile, tile.quantile), visible, box);
  const place = `map ${map} at ${position.join(', ')}`;
  return html`<figure>
    <div>
      ${await renderPicture(projection, `Projection of ${layer} ${place}`)}
      ${await renderPicture(cutPatch(input, box), `Image patch of ${layer} ${place}`)}
    </div>
    <figcaption>${place}: ${activation.toPrecision(4)}</figcaption>
  </figure>`;
}

async function renderPicture(picture: Picture, alternative: string): Promise<Html> {
  const data = Buffer.from(await encodePreview(picture, PREVIEW)).toString('base64');
  return html`<img alt="${alternative}" src="data:image/webp;base64,${data}" />`;
}

function html(
  parts: TemplateStringsArray,
  ...values: readonly (string | number | Html | readonly Html[])[]
): Html {
  const text = parts.map((part, i) => part + (i < values.length ? render(values[i]!) : ''));
  return { html: text.join('') };
}

function render(value: string | number | Html | readonly Html[]): string {
  if (typeof value === 'object')
    return Array.isArray(value) ? value.map(render).join('') : (value as Html).html;
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
