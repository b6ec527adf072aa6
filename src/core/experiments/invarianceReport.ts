import type { Colour, TransformationKind } from '../imaging/transform';
import type { Fact, ReportTable } from '../report/experimentReport';
import type { Range } from './invariance';
import {
  invarianceRows,
  steepness,
  transformationNames,
  type DistanceScale,
  type ImageCurve,
} from './invarianceResult';

/** What was measured under one kind of transformation. */
export interface MeasuredKind {
  readonly kind: TransformationKind;
  readonly range: Range;
  readonly curves: readonly ImageCurve[];
}

/** How it was measured, for all kinds alike. */
export interface InvarianceSetup {
  readonly fill: Colour;
  readonly scale: DistanceScale;
}

/** Everything that it takes to measure again, beside the model. */
export function invarianceFacts(measured: readonly MeasuredKind[], { fill, scale }: InvarianceSetup): Fact[] {
  const curves = measured.flatMap((each) => each.curves);
  const distinct = (values: readonly string[]) => [...new Set(values)].join(', ');
  const labels = curves.flatMap(({ image, labelName }) => (labelName === null ? [] : [`${image}: ${labelName}`])); // prettier-ignore
  return [
    ['Pictures', distinct(curves.map(({ image }) => image))],
    ['Layers', distinct(curves.flatMap(({ layers }) => layers))],
    ...(labels.length > 0 ? [['Labels', [...new Set(labels)].join('; ')] as const] : []),
    ['Distances drawn', scale === 'relative' ? 'Euclidean, divided by the norm of the original’s features' : 'Euclidean'], // prettier-ignore
    ['Colour of what comes into view', `rgb(${fill.join(', ')})`],
    ['Resampling', 'bicubic (Keys, a = -0.5), about the centre of what the network sees, rounded to 8 bit'],
    ...measured.map(({ kind, range: { from, to, steps } }): Fact => [
      transformationNames[kind],
      `${from} to ${to}, ${steps} values`,
    ]),
  ];
}

/** How steep the curves of each layer are near zero, a sentence each. */
export function steepnessSentences(measured: readonly MeasuredKind[]): string[] {
  return measured.flatMap(({ kind, curves }) =>
    (curves[0]?.layers ?? []).flatMap((layer, index) => {
      const share = steepness(curves, index);
      if (share === null) return [];
      return [
        `${transformationNames[kind]}, ${layer}: the smallest change reaches ${(100 * share).toFixed(0)} % of the largest distance.`,
      ];
    }),
  );
}

/** Every point of every curve. */
export function invarianceTable(measured: readonly MeasuredKind[]): ReportTable {
  const [head, ...rows] = invarianceRows(measured.flatMap(({ curves }) => curves));
  return { caption: 'All points', head: head!.map(String), rows };
}
