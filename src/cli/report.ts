import { cutPatch, displayBox, projectionPicture } from '../core/imaging/display';
import type { Picture } from '../core/imaging/preprocessing';
import { counted } from '../core/report/numbers';
import { html, type Html } from '../core/report/html';
import { reportPage } from '../core/report/page';
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

/** Twice the height at which units are shown, for sharp screens. */
const PREVIEW = 224;

/** The report of every layer as one self-contained page. */
export async function renderReport(report: Report): Promise<string> {
  const { model, image, input, top, warnings, layers } = report;
  const sections: Html[] = [];
  for (const layer of layers) sections.push(await renderLayer(layer, input));
  return reportPage(`${image} through ${model.name}`, [
    html`<p>
      ${model.runtime}. ${model.preprocessingReason} For each layer the strongest feature maps: the projection
      of the strongest activation (deconvnet, Zeiler &amp; Fergus 2013) beside the part of the image it
      depends on. Grey is zero; brighter raises the activation's pattern in that colour, darker lowers it.
      SHA-256 of the model: ${model.hash}.
    </p>`,
    ...warnings.map((warning) => html`<p>Warning: ${warning}</p>`),
    await renderPicture(input, 'The image as the network sees it'),
    html`<table>
      ${top.map(
        ({ label, probability }) =>
          html`<tr>
            <td>${label}</td>
            <td>${(100 * probability).toFixed(1)} %</td>
          </tr>`,
      )}
    </table>`,
    ...sections,
  ]);
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
        ${op}, output ${shape.join(' × ')}, receptive field ${receptiveField.size.join(' × ')}, stride
        ${receptiveField.stride.join(' × ')}, ${inactive} of ${counted(shape[0] ?? 0, 'map')} inactive,
        ${faithfulness.status}. ${reasons.slice(0, 3).join('; ')}
      </p>
      <div class="units">${figures}</div>
    </section>
  `;
}

async function renderUnit(unit: ProjectedUnit, layer: string, input: Picture): Promise<Html> {
  const { map, position, activation, receptiveField } = unit;
  const projection = projectionPicture(unit, input);
  if (!projection) return html``;
  const place = `map ${map} at ${position.join(', ')}`;
  return html`<figure>
    <div>
      ${await renderPicture(projection, `Projection of ${layer} ${place}`)}
      ${await renderPicture(cutPatch(input, displayBox(receptiveField, input)), `Image patch of ${layer} ${place}`)}
    </div>
    <figcaption>${place}: ${activation.toPrecision(4)}</figcaption>
  </figure>`;
}

async function renderPicture(picture: Picture, alternative: string): Promise<Html> {
  const data = Buffer.from(await encodePreview(picture, PREVIEW)).toString('base64');
  return html`<img alt="${alternative}" src="data:image/webp;base64,${data}" />`;
}
