import type { TransformationKind } from '../../src/protocol/invariance';

/** Words of the panel about feature invariance. */
export const strings = {
  title: 'Feature invariance',
  settings: {
    group: 'Settings of the transformations',
    kind: 'Transformation',
    reach: 'Up to',
    reachLabel: 'How far the transformation goes',
    steps: 'Steps',
    stepsLabel: 'How many values are measured',
    relative: "Divide distances by the norm of the original's features",
  },
  kinds: {
    vertical: 'Vertical translation',
    horizontal: 'Horizontal translation',
    scale: 'Scale',
    rotation: 'Rotation',
  } satisfies Record<TransformationKind, string>,
  hint: 'Point at a curve, or focus it and use the arrow keys: every chart and picture shows the same value. What comes into view from outside the picture is grey.',
  transformed: (image: string, kind: string, value: number) => `${image}, ${kind} ${short(value)}`,
  cursor: (value: number) => `at ${short(value)}`,
  table: (kind: string, value: number) => `${kind} ${short(value)}`,
  columns: { image: 'Image', label: 'Label', probability: 'P(label)' },
  labelHint: (image: string) => `True label of ${image}: a number or a name`,
  unknownLabel: (text: string) => `There is no single class "${text}".`,
  steepness: (layer: string, share: string) =>
    `${layer}: the smallest change already reaches ${share} of the largest distance.`,
  report: {
    title: (model: string) => `Feature invariance in ${model}`,
  },
};

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
