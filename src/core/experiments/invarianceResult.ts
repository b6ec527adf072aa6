import { curveChart, type Curve, type CurveChart } from '../charts/curveChart';
import type { TransformationKind } from '../imaging/transform';
import type { InvariancePoint } from './invariance';
import type { PlotOptions } from '@observablehq/plot';

/** What was measured of one image under one kind of transformation. */
export interface ImageCurve {
  /** File name. */
  readonly image: string;
  readonly kind: TransformationKind;
  readonly layers: readonly string[];
  /** Of the class that is followed; `null` where there is none. */
  readonly labelName: string | null;
  readonly points: readonly InvariancePoint[];
}

/** What is drawn over the values of a transformation: a layer's distances, or the probability of the label. */
export type Quantity = { readonly layer: number } | 'probability';

/** Whether distances are divided by the norm of the original's features. */
export type DistanceScale = 'euclidean' | 'relative';

export const transformationNames: Readonly<Record<TransformationKind, string>> = {
  vertical: 'Vertical translation (pixels)',
  horizontal: 'Horizontal translation (pixels)',
  scale: 'Scale',
  rotation: 'Rotation (degrees)',
};

/** The charts of one kind of transformation as in figure 5: one for each layer, one for the probability. */
export function invarianceQuantities(curves: readonly ImageCurve[]): Quantity[] {
  const layers = curves[0]?.layers ?? [];
  const probability = curves.some(({ labelName }) => labelName !== null) ? (['probability'] as const) : [];
  return [...layers.map((_, layer) => ({ layer })), ...probability];
}

/** One chart: a curve for each image. All curves are of the same kind and have the same layers. */
export function invarianceChart(
  curves: readonly ImageCurve[],
  quantity: Quantity,
  { scale, range }: { readonly scale: DistanceScale; readonly range: CurveChart['range'] },
): { readonly title: string; readonly options: PlotOptions } {
  const [first] = curves;
  const y =
    quantity === 'probability'
      ? 'P(label)'
      : `${first?.layers[quantity.layer] ?? ''}: ${scale === 'relative' ? 'distance / norm' : 'distance'}`;
  const x = first ? transformationNames[first.kind] : '';
  const title = `${y} over ${x}`;
  const drawn = curves.map((curve) => curveOf(curve, quantity, scale));
  return { title, options: curveChart({ title, x, y, curves: drawn, range }) };
}

/** What a point says about a quantity; `null` where it says nothing. */
export function valueOf(point: InvariancePoint, quantity: Quantity, scale: DistanceScale): number | null {
  if (quantity === 'probability') return point.probability;
  const values = scale === 'relative' ? point.relative : point.distances;
  return values[quantity.layer] ?? null;
}

/** Long rows for CSV, with a head: one for each image, value and layer. */
export function invarianceRows(curves: readonly ImageCurve[]): (string | number)[][] {
  const head = ['image', 'transformation', 'value', 'layer', 'distance', 'relative', 'label', 'probability'];
  const rows = curves.flatMap(({ image, kind, layers, labelName, points }) =>
    points.flatMap(
      ({ value, distances, relative, probability }) =>
      layers.map((layer, i) => [image, kind, value, layer, distances[i]!, relative[i]!, labelName ?? '', probability ?? '']), // prettier-ignore
    ),
  );
  return [head, ...rows];
}

/**
 * How steep curves are near zero: the share of its largest distance that a layer reaches at the smallest change, as a mean
 * over images. `null` before there are two values.
 */
export function steepness(curves: readonly ImageCurve[], layer: number): number | null {
  const shares = curves.flatMap(({ kind, points }) => {
    const unchanged = kind === 'scale' ? 1 : 0;
    const changed = points.filter(({ value }) => value !== unchanged);
    const largest = Math.max(...changed.map(({ distances }) => distances[layer]!));
    const nearest = Math.min(...changed.map(({ value }) => Math.abs(value - unchanged)));
    const near = changed.filter(({ value }) => Math.abs(value - unchanged) <= nearest * (1 + 1e-9));
    if (changed.length < 2 || !(largest > 0)) return [];
    return [near.reduce((sum, { distances }) => sum + distances[layer]!, 0) / near.length / largest];
  });
  return shares.length === 0 ? null : shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function curveOf(curve: ImageCurve, quantity: Quantity, scale: DistanceScale): Curve {
  return {
    name: curve.image,
    points: curve.points.map((point) => ({ x: point.value, y: valueOf(point, quantity, scale) })),
  };
}
