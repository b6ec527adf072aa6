import type { Box } from '../../src/core/graph/box';
import type { Faithfulness, LayerSummary, MethodName } from '../../src/protocol/model';
import { number } from '../../src/core/report/numbers';
import { sharedStrings } from '../shared/strings';
import type { DisplayScale, RecordStep } from './state/panelState';

/** Every word the panel shows, in one place, so that a translation is one file. */
export const strings = {
  input: {
    heading: sharedStrings.imageInModel,
    canvas: (height: number, width: number) => `The image as the network sees it, ${size(height, width)}`,
    size,
    top: 'Most probable classes',
    noClassifier: 'The model gives no class probabilities.',
    runtime: 'Runtime',
    forward: (milliseconds: number) => `forward ${milliseconds.toFixed(0)} ms`,
    preprocessing: 'Preprocessing',
    origin: { declared: 'declared', guessed: 'guessed' },
    writeSidecar: 'Write sidecar',
    chooseModel: sharedStrings.chooseModel,
    chooseImage: sharedStrings.chooseImage,
    occlusion: 'Occlusion sweep…',
    warnings: (count: number) => (count === 1 ? '1 warning' : `${count} warnings`),
  },
  toolbar: {
    label: 'Display',
    method: 'Method',
    methods: {
      deconvnet: 'Deconvnet',
      guided: 'Guided backpropagation',
      gradient: 'Gradient',
    } satisfies Record<MethodName, string>,
    scale: 'Scale',
    scales: { tile: 'Scale per tile', map: 'Scale per map', layer: 'Scale per layer' } satisfies Record<
      DisplayScale,
      string
    >,
    tables: 'Tables',
    legend: 'Legend',
    skip: 'Skip to the layers',
  },
  progress: {
    steps: sharedStrings.steps satisfies Record<RecordStep, string>,
    starting: 'Starting…',
    projecting: (layer: string, done: number, total: number) => `${done} of ${total} · ${layer}`,
    projectingTitle: (layer: string, done: number, total: number) =>
      `Projecting ${layer}, ${done} of ${total} layers are done`,
    cancelled: 'Cancelled.',
    done: (total: number) => (total === 1 ? '1 layer' : `${total} layers`),
    cancel: 'Cancel',
    resume: 'Resume',
    allDone: 'All layers are projected.',
    started: (model: string, layers: number) =>
      `${model} has run. Projecting ${layers === 1 ? '1 layer' : `${layers} layers`}.`,
  },
  layer: {
    list: 'Layers',
    output: 'output',
    field: 'receptive field',
    stride: 'stride',
    parameters: 'parameters',
    shape: (shape: readonly number[]) => shape.join(' × '),
    inactive: 'inactive',
    inactiveOf: (count: number, total: number) => `${count} of ${total}`,
    maps: (shown: number, total: number) =>
      total === 1 ? `${shown} of 1 map` : `${shown} of ${total} maps, strongest first`,
    mapsTitle: 'Each pair: the projection left, the image patch right',
    row: (layer: string) => `Strongest feature maps of ${layer}`,
    more: 'More',
    moreOf: (layer: string) => `More maps of ${layer}`,
    map: 'Map',
    mapOf: (layer: string) => `Show a map of ${layer} by number`,
    mapRange: (count: number) => `0–${count - 1}`,
    noSuchMap: (count: number) => `This layer has maps 0 to ${count - 1}.`,
    source: 'Code',
    sourceOf: (layer: string) => `Show the code that defines ${layer}`,
    table: 'Table',
    tableOf: (layer: string) => `Show ${layer} as a table`,
    pictures: 'Pictures',
    refused: 'This layer cannot be projected to pixels.',
    faithfulness: {
      exact: 'exact',
      approximate: 'approximate',
      refused: 'refused',
    } satisfies Record<Faithfulness['status'], string>,
    reasons: (layer: string) => `Why ${layer} is marked so`,
    exactReason: 'Every node on the path to the image follows the rules of the paper.',
    node: (node: string, op: string) => `${node} (${op}):`,
  },
  tile: {
    map: (map: number) => `map ${map}`,
    separator: ' · ',
    className: (name: string) => ` · ${name}`,
    activation: ', activation ',
    position: (position: readonly [number, number]) => `, position ${position2(position)}`,
    isInactive: ', inactive',
    pending: ', not projected yet',
    inactive: 'inactive',
    notNumber: 'not a number',
    failed: 'failed',
    patch: 'image patch',
  },
  table: {
    caption: (layer: string) => `Feature maps of ${layer}`,
    columns: { map: 'Map', activation: 'Activation', position: 'Row, column', box: 'Box', status: 'Status' },
    status: { pending: 'pending', ok: 'projected', inactive: 'inactive', failed: 'failed' },
    box,
    unknown: '–',
  },
  detail: {
    label: (layer: string, map: number) => `${layer} map ${map}`,
    close: 'Close (Escape)',
    previous: 'Previous map',
    next: 'Next map',
    activation: 'Activation',
    position: 'Position',
    boxed: 'Box',
    positionText: position2,
    positionOfMaximum: 'maximum of the map',
    toMaximum: 'Back to the maximum',
    heat: 'Activation over the image',
    opacity: 'Opacity',
    opacityLabel: 'Opacity of the heat map',
    heatHint: 'A click or the arrow keys choose another position.',
    heatLabel: (layer: string, map: number, position: readonly [number, number], activation: number) =>
      `Activation of ${layer} map ${map}. Unit at ${position2(position)}, activation ${number(activation)}`,
    sameBox: 'Same receptive field',
    compare: 'Compare',
    methods: {
      deconvnet: 'Deconvnet',
      guided: 'Guided',
      gradient: 'Gradient',
    } satisfies Record<MethodName, string>,
    other: 'Same switches, another unit',
    otherCaption: (map: number) => `map ${map}, same switches`,
    otherHint: (map: number, seed: number) =>
      `Map ${map} at the same position, sent down with activation ${number(seed)}: what both pictures share comes from the switches.`,
    savePng: 'Save PNG…',
    copy: 'Copy',
    copied: 'The picture is on the clipboard.',
    copyRefused: 'The editor does not let this view write pictures to the clipboard. Save PNG works instead.',
    nothingToSave: 'There is no picture yet.',
    inactive: 'Inactive: the activation is not positive, so nothing is projected.',
    zeroProjection: 'The projection is zero everywhere.',
  },
  legend: {
    grey: ['Mid-grey', 'is zero: pixels that do not drive the unit, and everything outside the image.'],
    bright: [
      'Brighter',
      'than grey: more light there speaks for the unit, in red, green and blue separately.',
    ],
    dark: ['Darker', 'than grey: less light there speaks for it.'],
    colour: [
      'Colour',
      'shows channels that pull apart: blue where more blue speaks for the unit, yellow where less blue does.',
    ],
    signed:
      'Projections are signed: on the way down every layer rectifies the signal, but the last filters reach pixels ' +
      'without a rectification, and filters have negative weights. So a picture is a pattern around zero, not a photograph.',
    scale:
      'The scale is symmetric: the 99.5 % quantile of the absolute values is full contrast, per tile, or shared by a ' +
      'map or a layer to compare strengths.',
    pair: 'Each pair shows the projection and the image patch at the same receptive field, pixel for pixel. Fields larger than the image are cut to the image.',
    switches:
      'The pattern of a deep projection depends strongly on the switches of this image; compare with another unit in the detail.',
  },
};

function size(height: number, width: number): string {
  return `${height} × ${width}`;
}

function position2([y, x]: readonly [number, number]): string {
  return `row ${y} column ${x}`;
}

function box({ top, left, height, width }: Box): string {
  return `rows ${top} to ${top + height - 1}, columns ${left} to ${left + width - 1}`;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

export function count(value: number): string {
  return compact.format(value);
}

/** `7` for a square field of 7 pixels, `7 × 5` for others. */
export function pair([vertical, horizontal]: LayerSummary['receptiveField']['size']): string {
  return vertical === horizontal ? String(vertical) : `${vertical} × ${horizontal}`;
}
